// The words of the pages, read from locales/: a walk names a message by its key, so a better wording breaks no test.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('../../locales/', import.meta.url).pathname;

/** Messages of one language: Map of key to its pattern. Enough of Fluent for plain messages with { $names }. */
function messages(language) {
  const found = new Map();
  for (const file of readdirSync(join(root, language)).filter((name) => name.endsWith('.ftl'))) {
    let key = null;
    for (const line of readFileSync(join(root, language, file), 'utf8').split('\n')) {
      const start = /^([a-z][\w-]*)\s*=\s*(.*)$/.exec(line);
      if (start) {
        key = start[1];
        found.set(key, start[2]);
      } else if (key && /^\s+\S/.test(line)) {
        found.set(key, `${found.get(key)}\n${line.trim()}`);
      } else {
        key = null;
      }
    }
  }
  return found;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export class Words {
  constructor(language) {
    this.language = language;
    this.messages = messages(language);
  }

  /** Whether this text is nothing but the key of a message: words that are missing show as that. */
  isKey(text) {
    return this.messages.has(text);
  }

  pattern(key) {
    const pattern = this.messages.get(key);
    if (pattern === undefined) {
      throw new Error(`locales/${this.language} has no message "${key}"`);
    }
    return pattern;
  }

  /** A message as a regular expression: what stands for { $name } is given, or anything. Isolating marks of Fluent are let through. */
  match(key, given = {}, { whole = true } = {}) {
    const parts = this.pattern(key).split(/\{\s*\$?([\w-]+)\s*\}/);
    const body = parts.map((part, i) => {
      if (i % 2 === 0) {
        return escaped(part).replace(/ /g, '[\\s\\u2009]+');
      }
      return given[part] === undefined ? '.+' : `\\u2068?${escaped(String(given[part]))}\\u2069?`;
    }).join('');
    return new RegExp(whole ? `^\\s*${body}\\s*$` : body);
  }
}

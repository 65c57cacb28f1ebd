// Words that a walk looks for by meaning, where any wording of that meaning will do. Everything else goes by key (words.mjs).
const PHRASES = {
  'power-cycle': [/重启/, /Power-cycle/i],
  'power-outcome': [/^成功/, /^Succeeded/],
  front: [/前视|正面|前面/, /Front/i],
  rear: [/后视|背面|后面/, /Rear/i],
  edit: [/编辑|修改/, /Edit/i],
  save: [/保存/, /Save/i],
  occupied: [/占用|已有|冲突/, /occupied|in the way|overlap|taken/i],
  'walk-in': [/临时来访|未预约|现场登记|散客/, /Walk-in/i],
  'check-in': [/签入/, /Check in/i],
  'check-out': [/签出/, /Check out/i],
  inside: [/在场|在内|场内/, /inside/i],
  history: [/历史|记录/, /History/i],
};

export const phrase = (language, key) => {
  const pair = PHRASES[key];
  if (!pair) {
    throw new Error(`no phrase "${key}"`);
  }
  return pair[language === 'en' ? 1 : 0];
};

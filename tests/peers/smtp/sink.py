"""A mail server for tests, on loopback, as any user: every mail that it takes becomes a file.

    sink.py --dir MAILS [--host 127.0.0.1] [--port 0] [--tls CERT.pem KEY.pem] [--smtps] [--require-tls] [--require-auth]

Needs aiosmtpd (tests/peers/requirements.txt). The first line on standard output is `listening HOST:PORT`; port 0 lets the
kernel choose. A certificate that does not exist yet is made (openssl), for localhost and 127.0.0.1. AUTH PLAIN and LOGIN: user `alerts`,
password `mail-pass`, offered without TLS only with --plain-auth. MAILS/NNNN.eml is the mail; MAILS/NNNN.json, written
last, holds the envelope, the login, the TLS version, and subject, text and files as Python's own mail reader decodes them.
A recipient's local part makes the server misbehave:

    nobody@  550 at RCPT                full@  452 at RCPT (try later)
    grey@    451 the first time that a sender and recipient are seen, taken from the second on
    spam@    554 after DATA             slow@  answers DATA only after --delay seconds
    drop@    takes the mail, then closes the connection instead of answering
"""
import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl
import subprocess
import time

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = b"alerts", b"mail-pass"


def options():
    parser = argparse.ArgumentParser(description="A mail server for tests, on loopback.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--smtps", action="store_true", help="TLS from the first byte instead of STARTTLS")
    parser.add_argument("--require-tls", action="store_true")
    parser.add_argument("--require-auth", action="store_true")
    parser.add_argument("--plain-auth", action="store_true")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--delay", type=float, default=5.0)
    return parser.parse_args()


def local_part(address):
    return address.split("@")[0].strip("<>")


def login(server, session, envelope, mechanism, credential):
    right = isinstance(credential, LoginPassword) and (credential.login, credential.password) == (USER, PASSWORD)
    return AuthResult(success=right, handled=right, auth_data=USER.decode() if right else None)


class Keeper:
    def __init__(self, folder, delay):
        self.folder, self.delay, self.greeted = folder, delay, set()
        self.count = sum(name.endswith(".eml") for name in os.listdir(folder))

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        local, pair = local_part(address), (envelope.mail_from, address)
        if local == "nobody":
            return "550 5.1.1 No such mailbox"
        if local == "full":
            return "452 4.2.2 Mailbox full"
        if local == "grey" and pair not in self.greeted:
            self.greeted.add(pair)
            return "451 4.7.1 Greylisted, try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        asked = {local_part(address) for address in envelope.rcpt_tos}
        if "slow" in asked:
            await asyncio.sleep(self.delay)
        if "spam" in asked:
            return "554 5.7.1 Rejected"
        self.keep(server, session, envelope)
        if "drop" in asked:
            server.transport.abort()
        return f"250 2.0.0 Kept as {self.count:04d}"

    def keep(self, server, session, envelope):
        self.count += 1
        base = os.path.join(self.folder, f"{self.count:04d}")
        with open(base + ".eml", "wb") as mail:
            mail.write(envelope.original_content)
        read = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        text = read.get_body(preferencelist=("plain",))
        files = [{"name": part.get_filename(), "type": part.get_content_type(), "octets": len(body),
                  "text": body.decode(errors="replace") if part.get_content_maintype() == "text" else None}
                 for part in read.iter_attachments() if (body := part.get_payload(decode=True)) is not None]
        tls = server.transport.get_extra_info("ssl_object")
        facts = {
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "mail_options": envelope.mail_options,
            "helo": session.host_name, "user": session.auth_data, "tls": tls.version() if tls else None,
            "subject": read["subject"], "text": text.get_content() if text else None, "files": files, "time": time.time(),
        }
        # Whoever waits for the JSON file sees a whole one, and the mail beside it.
        with open(base + ".part", "w", encoding="utf-8") as file:
            json.dump(facts, file, indent=1)
        os.rename(base + ".part", base + ".json")


def tls_context(certificate, key):
    if not os.path.exists(certificate):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
            check=True, stderr=subprocess.DEVNULL)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


async def main():
    args = options()
    os.makedirs(args.dir, exist_ok=True)
    context = tls_context(*args.tls) if args.tls else None
    settings = {
        "data_size_limit": args.size, "enable_SMTPUTF8": True, "hostname": "mail.example.invalid", "timeout": 60,
        "authenticator": login, "auth_required": args.require_auth,
        # aiosmtpd counts STARTTLS alone as TLS when it decides whether to offer AUTH.
        "auth_require_tls": not (args.plain_auth or args.smtps),
    }
    if context and not args.smtps:
        settings.update(tls_context=context, require_starttls=args.require_tls)
    keeper = Keeper(args.dir, args.delay)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(keeper, **settings), args.host, args.port, ssl=context if args.smtps else None)
    host, port = server.sockets[0].getsockname()[:2]
    print(f"listening {host}:{port}", flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())

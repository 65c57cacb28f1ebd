"""A pretend BMC that speaks IPMI 2.0 cipher suites 3 and 17, on loopback.

    pip install pyghmi==1.6.19
    python3 bmc17.py --port 16300 [--only 17] [--user ADMIN] [--password sim-pass]

pyghmi's own server knows suite 3 alone and answers suite 3 whatever it is asked for;
this one answers the suite that was asked for, or refuses it (0x11, no matching suite).
Power, boot device, device id, GUID, SOL echo; no SDR, SEL or FRU (0xc1).
"""
import argparse
import hashlib
import hmac
import os
import struct
import uuid

import pyghmi.ipmi.bmc as bmc
import pyghmi.ipmi.private.constants as const
import pyghmi.ipmi.private.serversession as ss

# suite -> (authentication, integrity, confidentiality, hash, bytes of hash kept on packets)
SUITES = {3: (1, 1, 1, hashlib.sha1, 12), 17: (3, 4, 1, hashlib.sha256, 16)}
OFFERED = [3, 17]


class Session(ss.ServerSession):
    def _handle_ipmi_packet(self, data, sockaddr=None, qent=None):
        # pyghmi keeps a client's UDP address bound to its first session for good. A client that
        # keeps one socket opens its next session from there: a new Open Session starts afresh.
        if len(data) > 5 and data[4] == 6 and data[5] & 0x3F == 0x10:
            ss.ipmisession.Session.bmc_handlers.pop(sockaddr, None)
            return b.sessionless_data(data, sockaddr)
        return super()._handle_ipmi_packet(data, sockaddr, qent)

    def create_open_session_response(self, request):
        tag, wanted = request[0], (request[12] & 63, request[20] & 63, request[28] & 63)
        self.clientsessionid = request[4:8]
        found = [n for n in OFFERED if SUITES[n][:3] == wanted]
        if not found:
            return bytearray([tag, 0x11, 0, 0]) + self.clientsessionid
        self.suite = SUITES[found[0]]
        self.currhashlib, self.currhashlen = self.suite[3:]
        self.managedsessionid = os.urandom(4)
        self.privlevel = 4
        algs = b"".join(bytes([kind, 0, 0, 8, self.suite[kind], 0, 0, 0]) for kind in (0, 1, 2))
        return bytearray([tag, 0, 4, 0]) + self.clientsessionid + self.managedsessionid + algs

    def mac(self, key, *parts):
        return hmac.new(key, b"".join(bytes(p) for p in parts), self.currhashlib).digest()

    def _refuse(self, tag, code, kind):
        self.send_payload(bytearray([tag, code, 0, 0]) + self.clientsessionid, const.payload_types[kind], retry=False)

    def _got_rakp1(self, data):
        self.Rm, self.rolem, self.username = data[8:24], data[24], bytes(data[28:28 + data[27]])
        self.maxpriv = self.rolem & 7
        password = self.authdata.get(self.username.decode("utf-8"))
        if password is None:
            return self._refuse(data[0], 0x0D, "rakp2")            # unauthorized name
        self.kuid = password.encode("utf-8")
        self.key = self.kg or self.kuid
        self.Rc, self.who = os.urandom(16), bytes([self.rolem, len(self.username)]) + self.username
        code = self.mac(self.kuid, self.clientsessionid, self.managedsessionid, self.Rm, self.Rc, self.uuid.bytes, self.who)
        self.send_payload(bytearray([data[0], 0, 0, 0]) + self.clientsessionid + self.Rc + self.uuid.bytes + code,
                          const.payload_types["rakp2"], retry=False)

    def _got_rakp3(self, data):
        if data[1]:
            return
        if not hmac.compare_digest(bytes(data[8:]), self.mac(self.kuid, self.Rc, self.clientsessionid, self.who)):
            return self._refuse(data[0], 0x0F, "rakp4")            # invalid integrity check value
        self.sik = self.mac(self.key, self.Rm, self.Rc, self.who)
        self.k1, self.k2 = (self.mac(self.sik, bytes([n]) * 20) for n in (1, 2))
        self.aeskey = self.k2[:16]
        self.localsid = struct.unpack("<I", bytes(self.managedsessionid))[0]
        self.ipmicallback = self.handle_client_request
        proof = self.mac(self.sik, self.Rm, self.managedsessionid, self.uuid.bytes)[:self.currhashlen]
        self.send_payload(bytearray([data[0], 0, 0, 0]) + self.clientsessionid + proof,
                          const.payload_types["rakp4"], retry=False)
        self.confalgo, self.integrityalgo, self.sequencenumber = "aes", "on", 1
        self.sessionid = struct.unpack("<I", bytes(self.clientsessionid))[0]


class Bmc(bmc.Bmc):
    power, boot = "off", "default"

    def get_system_guid(self):
        return self.uuid

    def get_power_state(self):
        return self.power

    def is_active(self):
        return True

    def power_on(self):
        self.power = "on"

    def power_off(self):
        self.power = "off"

    power_shutdown = power_off

    def power_cycle(self):
        if self.power == "off":
            return 0xD5                                            # not supported in present state
        return 0

    power_reset = power_cycle

    def get_boot_device(self):
        return self.boot

    def set_boot_device(self, bootdevice):
        self.boot = bootdevice

    early = b""

    def iohandler(self, data):
        if not isinstance(data, (bytes, bytearray)):
            return
        if self.sol:
            self.sol.send_data(data)
        else:
            self.early += data

    def activate_payload(self, request, session):
        # pyghmi reads packets while it makes the console object, before it has it: what is typed at once comes then.
        self.early = b""
        super().activate_payload(request, session)
        if self.sol and self.early:
            self.sol.send_data(self.early)

    def send_cipher_suites(self, myaddr, mylun, clientaddr, clientlun, clientseq, data, sockaddr):
        listing = b"".join(bytes([0xC0, n, SUITES[n][0], 0x40 | SUITES[n][1], 0x80 | SUITES[n][2]]) for n in OFFERED)
        index = data[22] & 0x3F if len(data) > 22 else 0
        body = bytes([myaddr, mylun | clientseq << 2, 0x54, 0, 1]) + listing[16 * index:16 * index + 16]
        head = bytes([clientaddr, clientlun | 7 << 2])
        pkt = head + bytes([-sum(head) & 255]) + body + bytes([-sum(body) & 255])
        ss.ipmisession._io_sendto(self.serversocket, b"\x06\x00\xff\x07\x06\x00" + bytes(8) + struct.pack("<H", len(pkt)) + pkt, sockaddr)


p = argparse.ArgumentParser()
p.add_argument("--port", type=int, default=16300)
p.add_argument("--address", default="127.0.0.1")
p.add_argument("--user", default="ADMIN")
p.add_argument("--password", default="sim-pass")
p.add_argument("--only", type=int, choices=sorted(SUITES))
p.add_argument("--kg")
a = p.parse_args()
if a.only:
    OFFERED = [a.only]
ss.ServerSession = Session
b = Bmc({a.user: a.password}, port=a.port, bmcuuid=uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"), address=a.address)
if a.kg:
    b.set_kg(a.kg)
print(f"listening {a.address}:{a.port} user={a.user} password={a.password} suites={OFFERED}", flush=True)
b.listen()

//! A self-signed certificate for a simulated service (RFC 5280, Ed25519 of RFC 8410). It follows from the name alone, so
//! that a demonstration shows the same one after a restart; it protects nothing.

use std::net::IpAddr;

use ring::error::KeyRejected;
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT: u8 = 0x06;
const UTF8: u8 = 0x0C;
const UTC_TIME: u8 = 0x17;
const CONTEXT_0: u8 = 0xA0;
const CONTEXT_3: u8 = 0xA3;
const NAME_DNS: u8 = 0x82;
const NAME_ADDRESS: u8 = 0x87;

/// id-Ed25519, 1.3.101.112 (RFC 8410, section 3).
const ED25519: &[u8] = &[0x2B, 0x65, 0x70];
/// commonName, 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// subjectAltName, 2.5.29.17.
const ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1D, 0x11];

/// A certificate with its key.
#[derive(Clone)]
pub struct Certificate {
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// Its private key, PKCS #8.
    pub key: Vec<u8>,
}

impl Certificate {
    /// The one of a name at an address, valid until the end of 2049.
    ///
    /// # Errors
    /// None that a hash as seed could bring about.
    pub fn new(name: &str, address: IpAddr) -> Result<Self, KeyRejected> {
        let seed = Sha256::digest(format!("simulated {name}"));
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed)?;
        let told = told(name, address, pair.public_key().as_ref());
        let signature = bits(pair.sign(&told).as_ref());
        let private = der(OCTET_STRING, &der(OCTET_STRING, &seed));
        let key = [der(INTEGER, &[0]), algorithm(), private];
        Ok(Self {
            certificate: der(SEQUENCE, &[told, algorithm(), signature].concat()),
            key: der(SEQUENCE, &key.concat()),
        })
    }

    /// SHA-256 of the certificate.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.certificate).into()
    }
}

/// What is signed: `TBSCertificate`.
fn told(name: &str, address: IpAddr, point: &[u8]) -> Vec<u8> {
    let [serial, ..]: [u8; 32] = Sha256::digest(point).into();
    let who = distinguished(name);
    let time = |text: &str| der(UTC_TIME, text.as_bytes());
    let from_until = [time("200101000000Z"), time("491231235959Z")].concat();
    let parts = [
        der(CONTEXT_0, &der(INTEGER, &[2])),
        der(INTEGER, &[0x40 | (serial & 0x3F), 1]),
        algorithm(),
        who.clone(),
        der(SEQUENCE, &from_until),
        who,
        public_key(point),
        der(CONTEXT_3, &der(SEQUENCE, &alternative(name, address))),
    ];
    der(SEQUENCE, &parts.concat())
}

fn algorithm() -> Vec<u8> {
    der(SEQUENCE, &der(OBJECT, ED25519))
}

fn distinguished(name: &str) -> Vec<u8> {
    let pair = [der(OBJECT, COMMON_NAME), der(UTF8, name.as_bytes())].concat();
    der(SEQUENCE, &der(SET, &der(SEQUENCE, &pair)))
}

fn public_key(point: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[algorithm(), bits(point)].concat())
}

fn alternative(name: &str, address: IpAddr) -> Vec<u8> {
    let octets = match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    let names = [der(NAME_DNS, name.as_bytes()), der(NAME_ADDRESS, &octets)].concat();
    let value = der(OCTET_STRING, &der(SEQUENCE, &names));
    der(SEQUENCE, &[der(OBJECT, ALTERNATIVE_NAME), value].concat())
}

fn bits(octets: &[u8]) -> Vec<u8> {
    der(BIT_STRING, &[&[0][..], octets].concat())
}

/// Tag, length, contents.
fn der(tag: u8, contents: &[u8]) -> Vec<u8> {
    let [.., high, low] = contents.len().to_be_bytes();
    let mut all = match (high, low) {
        (0, 0..0x80) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    all.extend_from_slice(contents);
    all
}

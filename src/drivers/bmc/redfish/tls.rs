//! Whose certificate is trusted: the pinned one, or one that an authority vouches for.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use sha2::{Digest, Sha256};

/// SHA-256 of a certificate as it is sent (DER).
pub type Fingerprint = [u8; 32];

/// Which certificate is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Only this one; without one, the first that is shown, for the length of the session.
    Pin(Option<Fingerprint>),
    /// One for this address that an authority of this system, or of the given file, vouches for.
    Authority,
}

/// What is known of TLS in this process.
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    authorities: Mutex<Option<Arc<WebPkiServerVerifier>>>,
    authority_file: Option<std::path::PathBuf>,
}

impl Tls {
    /// TLS with the authorities of the system and of a PEM file, read at their first use.
    pub(super) fn new(authority_file: Option<&Path>) -> Self {
        Self {
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            authorities: Mutex::default(),
            authority_file: authority_file.map(Path::to_path_buf),
        }
    }

    /// A configuration that accepts what `trust` says, and the place where the certificate shown is noted.
    ///
    /// # Errors
    /// Words for a person when authorities are wanted and there are none.
    pub(super) fn config(&self, trust: Trust) -> Result<(ClientConfig, Arc<Shown>), String> {
        let authority = match trust {
            Trust::Pin(_) => None,
            Trust::Authority => Some(self.authorities()?),
        };
        let shown = Arc::new(Shown::default());
        let verifier = Verifier {
            trust,
            authority,
            provider: self.provider.clone(),
            shown: shown.clone(),
        };
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        config.resumption = Resumption::in_memory_sessions(4);
        Ok((config, shown))
    }

    fn authorities(&self) -> Result<Arc<WebPkiServerVerifier>, String> {
        let mut known = self
            .authorities
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known {
            return Ok(known.clone());
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(file) = &self.authority_file {
            let unreadable = |error| format!("{}: {error}", file.display());
            for certificate in CertificateDer::pem_file_iter(file).map_err(unreadable)? {
                let certificate = certificate.map_err(unreadable)?;
                let wrong = |error| format!("{}: {error}", file.display());
                roots.add(certificate).map_err(wrong)?;
            }
        }
        let built =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), self.provider.clone())
                .build()
                .map_err(|error| format!("this system has no certificate authorities: {error}"))?;
        *known = Some(built.clone());
        Ok(built)
    }
}

/// The certificate that a service showed, and why it was refused.
#[derive(Debug, Default)]
pub(super) struct Shown(Mutex<(Option<Fingerprint>, Option<String>)>);

impl Shown {
    /// Fingerprint of the certificate shown last.
    pub(super) fn fingerprint(&self) -> Option<Fingerprint> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Why the certificate was refused, when it was.
    pub(super) fn refusal(&self) -> Option<String> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.1.clone()
    }
}

#[derive(Debug)]
struct Verifier {
    trust: Trust,
    authority: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
    shown: Arc<Shown>,
}

impl Verifier {
    /// Compares with the pin, or with what was shown first in this session.
    fn compare(&self, fingerprint: Fingerprint) -> Result<(), String> {
        let mut shown = self.shown.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = match self.trust {
            Trust::Pin(Some(pin)) => Some(pin),
            Trust::Pin(None) | Trust::Authority => shown.0,
        };
        shown.0 = Some(fingerprint);
        match wanted {
            Some(wanted) if wanted != fingerprint => {
                let words = format!(
                    "it shows {}, trusted is {}",
                    hex(&fingerprint),
                    hex(&wanted)
                );
                shown.1 = Some(words.clone());
                Err(words)
            }
            _ => Ok(()),
        }
    }

    fn refuse(&self, fingerprint: &Fingerprint, why: &Error) {
        let mut shown = self.shown.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.1 = Some(format!("it shows {}: {why}", hex(fingerprint)));
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let fingerprint: Fingerprint = Sha256::digest(end_entity).into();
        let unlike = CertificateError::ApplicationVerificationFailure;
        self.compare(fingerprint).map_err(|_| unlike)?;
        let Some(authority) = &self.authority else {
            return Ok(ServerCertVerified::assertion());
        };
        authority
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .inspect_err(|error| self.refuse(&fingerprint, error))
    }

    // A pin is of use only when the service proves that it has the key: signatures are always checked.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// A fingerprint as lower-case digits.
pub(super) fn hex(fingerprint: &Fingerprint) -> String {
    fingerprint
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect()
}

//! A password of a BMC on its way into the database and out again.

use coldaisle::base::seal::Keyring;
use coldaisle::base::secret::Secret;
use divan::{Bencher, black_box};

const PURPOSE: &str = "bmc_endpoints.password";

#[divan::bench]
fn secret_seal(bencher: Bencher) {
    let keyring = Keyring::generate();
    let secret = Secret::new("a-password-of-a-bmc");
    bencher.bench(|| {
        let keyring = black_box(&keyring).as_ref().ok()?;
        keyring.seal(PURPOSE, black_box(&secret)).ok()
    });
}

#[divan::bench]
fn secret_open(bencher: Bencher) {
    let keyring = Keyring::generate();
    let secret = Secret::new("a-password-of-a-bmc");
    let sealed = keyring
        .as_ref()
        .ok()
        .and_then(|keyring| keyring.seal(PURPOSE, &secret).ok());
    bencher.bench(|| {
        let keyring = black_box(&keyring).as_ref().ok()?;
        keyring.open(PURPOSE, black_box(sealed.as_deref()?)).ok()
    });
}

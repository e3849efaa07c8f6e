//! Encryption, against the certificate that a sandbox makes for itself.

use std::io::Write;

use mz_deploy::db::{Connection, DbError, Kind, Target, TlsMode};
use mz_deploy_sandbox::Options;

use crate::server::{Server, block_on};

fn with_tls() -> Server {
    let anywhere = std::net::SocketAddr::from(([0, 0, 0, 0], 0));
    Server::sandbox(Options { tls: true, listen: anywhere, ..Options::default() })
}

/// A file with the sandbox's certificate.
fn certificate(server: &Server) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let certificate = server.as_sandbox().certificate().expect("it offers TLS");
    file.write_all(certificate.as_bytes()).expect("the certificate is written");
    file
}

async fn connect(target: Target) -> Result<(), DbError> {
    let connection = Connection::open(&target).await?;
    connection.execute("SELECT 1").await
}

#[test]
fn a_certificate_is_checked_as_far_as_the_mode_says() {
    let server = with_tls();
    let certificate = certificate(&server);
    let target = |mode: TlsMode, host: &str, trusted: bool| {
        let mut target = server.target();
        target.host = host.to_owned();
        target.tls = mode;
        target.root_certificates = trusted.then(|| certificate.path().to_owned());
        target
    };
    block_on(async {
        for mode in [TlsMode::Disable, TlsMode::Prefer, TlsMode::Require] {
            connect(target(mode, "127.0.0.1", false)).await.expect("nothing is checked");
        }
        for mode in [TlsMode::VerifyCa, TlsMode::VerifyFull] {
            let error = connect(target(mode, "127.0.0.1", false)).await.expect_err("a stranger");
            assert_eq!(error.kind, Kind::Tls, "{error:?}");
            assert!(error.hint.as_deref().is_some_and(|hint| hint.contains("sslrootcert")), "{error:?}");
            connect(target(mode, "127.0.0.1", true)).await.expect("its certificate is trusted");
            connect(target(mode, "localhost", true)).await.expect("its certificate is trusted");
        }
        // The certificate isn't for 127.0.0.2, where a sandbox that listens on all of this machine could be reached too.
        connect(target(TlsMode::VerifyCa, "127.0.0.2", true)).await.expect("any name does");
        let error = connect(target(TlsMode::VerifyFull, "127.0.0.2", true)).await.expect_err("another name");
        assert_eq!(error.kind, Kind::Tls, "{error:?}");
        assert!(error.hint.as_deref().is_some_and(|hint| hint.contains("verify-ca")), "{error:?}");
    });
}

#[test]
fn a_server_without_tls_is_refused_where_tls_is_asked_for() {
    let server = Server::sandbox(Options::default());
    block_on(async {
        let mut target = server.target();
        target.tls = TlsMode::Require;
        let error = connect(target.clone()).await.expect_err("no TLS");
        assert_eq!(error.kind, Kind::Tls, "{error:?}");
        assert!(error.hint.as_deref().is_some_and(|hint| hint.contains("disable")), "{error:?}");
        target.tls = TlsMode::Prefer;
        connect(target).await.expect("in the clear, then");
    });
}

#[test]
fn a_bad_file_of_certificates_is_named() {
    let mut target = Target::new("localhost", 1, "materialize");
    target.tls = TlsMode::VerifyFull;
    let empty = tempfile::NamedTempFile::new().expect("a temporary file");
    for (path, problem) in [
        (std::path::Path::new("nowhere.pem"), "`sslrootcert` names `nowhere.pem`, which can't be read"),
        (empty.path(), "has no certificate"),
    ] {
        target.root_certificates = Some(path.to_owned());
        let error = block_on(connect(target.clone())).expect_err("no authorities");
        assert_eq!(error.kind, Kind::Tls);
        assert!(error.message.contains(problem), "{error:?}");
    }
}

//! The server that a test talks to.

use std::future::Future;

use mz_deploy::db::{Connection, Secret, Target, TlsMode};
use mz_deploy_sandbox::{Options, Sandbox};

/// A server, and how to reach it.
pub(crate) struct Server {
    target: Target,
    sandbox: Option<Sandbox>,
}

impl Server {
    /// The server that `MZ_TEST_URL` names, or a new sandbox.
    pub(crate) fn start() -> Self {
        match std::env::var("MZ_TEST_URL") {
            Ok(url) => Self { target: target_of(&url), sandbox: None },
            Err(_) => Self::sandbox(Options::default()),
        }
    }

    /// A new sandbox.
    pub(crate) fn sandbox(options: Options) -> Self {
        let sandbox = Sandbox::start(options).expect("a sandbox");
        let address = sandbox.address();
        let target = Target::new(address.ip().to_string(), address.port(), "materialize");
        Self { target, sandbox: Some(sandbox) }
    }

    /// How to reach it.
    pub(crate) fn target(&self) -> Target {
        self.target.clone()
    }

    /// The sandbox that it is.
    pub(crate) fn as_sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("this test started a sandbox")
    }

    /// A session on it.
    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(&self.target).await.expect("a connection")
    }
}

fn target_of(url: &str) -> Target {
    let config: tokio_postgres::Config = url.parse().expect("`MZ_TEST_URL` is an URL of a server");
    let host = match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
        _ => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(6875);
    let mut target = Target::new(host, port, config.get_user().unwrap_or("materialize"));
    target.password = config.get_password().map(|bytes| Secret::new(String::from_utf8_lossy(bytes)));
    target.database = config.get_dbname().map(str::to_owned);
    if config.get_ssl_mode() == tokio_postgres::config::SslMode::Disable {
        target.tls = TlsMode::Disable;
    }
    target
}

/// Runs what a test does.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("threads")
        .block_on(future)
}

//! A running sandbox: a listener, its connections, and the threads that they run on.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::coordinator::{Clock, Coordinator, Hooks};
use crate::error::SqlError;
use crate::wire;

/// How a sandbox is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 is any free port.
    pub listen: SocketAddr,
    /// Offers TLS, with a certificate of its own making.
    pub tls: bool,
    /// Asks every client for this password.
    pub password: Option<String>,
    /// The time that it has.
    pub clock: Clock,
    /// Who looks on and steps in.
    pub hooks: Hooks,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            tls: false,
            password: None,
            clock: Clock::real(),
            hooks: Hooks::default(),
        }
    }
}

/// Why a sandbox didn't start.
#[derive(Debug)]
pub enum StartError {
    /// The address can't be listened on.
    Listen(SocketAddr, std::io::Error),
    /// There are no threads to run on.
    Threads(std::io::Error),
    /// The certificate couldn't be made.
    Tls(Box<dyn std::error::Error + Send + Sync>),
    /// The engine didn't start.
    Engine(SqlError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(address, error) => write!(f, "can't listen on `{address}`: {error}"),
            Self::Threads(error) => write!(f, "can't start threads: {error}"),
            Self::Tls(error) => write!(f, "can't make a certificate: {error}"),
            Self::Engine(error) => write!(f, "can't start the engine: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A running sandbox. It stops when it is dropped; its state goes with it.
pub struct Sandbox {
    address: SocketAddr,
    coordinator: Arc<Coordinator>,
    tls: bool,
    password: Option<String>,
    /// Taken when it stops.
    runtime: Option<Runtime>,
}

impl Sandbox {
    /// Starts a sandbox. It has threads of its own, so it may be used from anywhere, with or without an async runtime.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let coordinator = Coordinator::open(options.clock, options.hooks).map_err(StartError::Engine)?;
        let coordinator = Arc::new(coordinator);
        let tls: Option<TlsAcceptor> =
            options.tls.then(wire::self_signed).transpose().map_err(StartError::Tls)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        let listen = |error| StartError::Listen(options.listen, error);
        // Without `block_on`, which no thread of another runtime may call.
        let listener = std::net::TcpListener::bind(options.listen).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let listener = {
            let _entered = runtime.enter();
            TcpListener::from_std(listener).map_err(listen)?
        };
        let address = listener.local_addr().map_err(listen)?;
        let has_tls = tls.is_some();
        let shared = wire::Shared {
            coordinator: coordinator.clone(),
            cancels: wire::Cancels::default(),
            tls,
            password: options.password.clone(),
        };
        runtime.spawn(accept(listener, Arc::new(shared)));
        Ok(Self { address, coordinator, tls: has_tls, password: options.password, runtime: Some(runtime) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client connects to, as the role and in the database that every environment begins with.
    pub fn url(&self) -> String {
        let password = self.password.as_deref().map(|password| format!(":{}", percent_encoded(password)));
        let tls = if self.tls { "?sslmode=require" } else { "" };
        format!("postgresql://materialize{}@{}/materialize{tls}", password.unwrap_or_default(), self.address)
    }

    /// The clock that it has.
    pub fn clock(&self) -> &Clock {
        self.coordinator.clock()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Not waited for: this may be a thread of another runtime, which must not block.
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<wire::Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(wire::serve(shared.clone(), stream))),
            // Out of file descriptors, mostly: others will be closed.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string never fails.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

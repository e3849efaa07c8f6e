//! A running sandbox: a listener, its connections, and the threads that they run on.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::coordinator::Coordinator;
use crate::error::SqlError;
use crate::fault::{Call, Faults};
use crate::time::{Clock, Options as Pace};
use crate::wire;

/// How often what happens by itself is looked at.
const TICK: Duration = Duration::from_millis(100);
/// How long a stop waits for what still runs.
const PATIENCE: Duration = Duration::from_secs(10);

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
    /// How long things take.
    pub pace: Pace,
    /// The folder of everything that outlives the process; without one nothing does.
    pub data: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            tls: false,
            password: None,
            clock: Clock::real(),
            pace: Pace::default(),
            data: None,
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
    /// The engine didn't start, or what the data directory has can't be read.
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

/// A running sandbox. It stops when it is dropped.
pub struct Sandbox {
    address: SocketAddr,
    coordinator: Arc<Coordinator>,
    /// As PEM, if it offers TLS.
    certificate: Option<String>,
    password: Option<String>,
    /// Taken when it stops.
    runtime: Option<Runtime>,
}

impl Sandbox {
    /// Starts a sandbox. It has threads of its own, so it may be used from anywhere, with or without an async runtime.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let coordinator = Coordinator::open(options.clock, options.pace, options.data.as_deref());
        let coordinator = coordinator.map_err(StartError::Engine)?;
        let coordinator = Arc::new(coordinator);
        let tls: Option<(TlsAcceptor, String)> =
            options.tls.then(wire::self_signed).transpose().map_err(StartError::Tls)?;
        let (tls, certificate) = tls.unzip();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        let listen = |error| StartError::Listen(options.listen, error);
        let listener = bind(options.listen, &runtime).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let shared = wire::Shared {
            coordinator: coordinator.clone(),
            cancels: wire::Cancels::default(),
            tls,
            password: options.password.clone(),
        };
        runtime.spawn(tick(coordinator.clone()));
        runtime.spawn(accept(listener, Arc::new(shared)));
        Ok(Self { address, coordinator, certificate, password: options.password, runtime: Some(runtime) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client connects to, as the role and in the database that every environment begins with.
    pub fn url(&self) -> String {
        let password = self.password.as_deref().map(|password| format!(":{}", percent_encoded(password)));
        let tls = if self.certificate.is_some() { "?sslmode=require" } else { "" };
        format!("postgresql://materialize{}@{}/materialize{tls}", password.unwrap_or_default(), self.address)
    }

    /// The certificate that it shows, as PEM, if it offers TLS.
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// What goes wrong with statements.
    pub fn faults(&self) -> &Faults {
        self.coordinator.faults()
    }

    /// Does what `SELECT mz_sandbox.…` does. Returns what there is to say about it.
    pub fn call(&self, call: &Call) -> Result<Vec<String>, SqlError> {
        self.coordinator.call(call)
    }

    /// Stops it and waits until it has let go of its data directory. Not to be called where blocking isn't allowed.
    pub fn stop(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(PATIENCE);
        }
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

/// Listens on an address. Nothing waits here, so the caller may be within a runtime of its own.
fn bind(address: SocketAddr, runtime: &Runtime) -> std::io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let _guard = runtime.enter();
    TcpListener::from_std(listener)
}

/// Looks from time to time at what happens by itself.
async fn tick(coordinator: Arc<Coordinator>) {
    loop {
        tokio::time::sleep(TICK).await;
        // Rows that can't be written now, as when the disk is full, are still due the next time.
        let _ = tokio::task::block_in_place(|| coordinator.tick());
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
            // Writing to a string can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

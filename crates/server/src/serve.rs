//! `chinwag serve`: from the first line on standard output to the last commit.

use std::{io::Write, net::SocketAddr, sync::Arc, time::Duration};

use axum::Extension;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::task::TaskTracker;

use crate::{
    admission::Admission,
    app::{App, Shared},
    auth::{Auth, Cookies},
    backup, clock,
    config::Config,
    descriptors::Descriptors,
    desk::{Around, Desk},
    files::Files,
    http,
    hub::Hub,
    metrics::Metrics,
    origin::OwnOrigins,
    phase::{Phase, Phases},
    presence::Presence,
    rate::{Rate, Rates},
    readiness::Readiness,
    results::Results,
    secret,
    sites::Sites,
    stall::Patient,
    store::{Invitation, Operator, Role, SharedStore, Sqlite, StoreError},
};

/// For a request line and its headers, and as long for the next request on the same connection.
const HEADERS: Duration = Duration::from_secs(10);
const MAX_HEADERS: usize = 64;
/// Largest request head, in bytes.
const HEAD_BYTES: usize = 32 * 1024;
/// Uploads from one address.
const UPLOADS: Rate = Rate { per_minute: 20, burst: 60 };
/// Between two looks at files and leases, and between two writes of what rules brought.
const TICK: Duration = Duration::from_secs(1);
/// The longest that clients get to leave; shorter when all are gone. A longer window is announced all the same: it tells
/// them when to come back. With what follows it stays below a minute.
const LONGEST_DRAIN: Duration = Duration::from_secs(45);
/// For the balancer in front to see that we are not ready.
const NOTICED: Duration = Duration::from_secs(1);
/// Between two looks whether everybody has left.
const LOOK: Duration = Duration::from_millis(50);
/// Before the next attempt to accept, when there are no descriptors left.
const SHORT: Duration = Duration::from_millis(100);
/// Waits of [`LOOK`] for the writer to commit what it accepted.
const FLUSH_LOOKS: u32 = 160;
/// For everything after the drain: closing, flushing.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn run(config: Config) -> Result<(), String> {
    let (phase, phases) = Phases::new();
    let descriptors = Descriptors::raise();
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let public_url = config.public_url.clone().unwrap_or_else(|| local_url(address));
    let app = build(config, descriptors, &public_url, address, phases)?;
    say(&format!("listening on {}", local_url(address)));
    invite_first_admin(&app.store, &public_url).await?;
    for (what, path) in [("console", "console/"), ("demo shop", "demo/"), ("playground", "playground/")] {
        say(&format!("{what}: {public_url}/{path}"));
    }
    let watching = tokio::spawn(watch(Arc::clone(&app)));
    let (files, store) = (Arc::clone(&app.files), Arc::clone(&app.store));
    let sweeping = tokio::spawn(async move { files.sweep(&store).await });
    let router = http::router(Arc::clone(&app));
    tokio::select! {
        () = accept(&listener, &app, &router) => {}
        () = stop_signal() => {}
    }
    drain(&app, &phase, accept(&listener, &app, &router)).await;
    drop(router);
    for task in [watching, sweeping] {
        task.abort();
        let _ = task.await;
    }
    app.results.flush(&app.store).await;
    // The last owner of the store commits what it accepted.
    let waited = flush(app).await;
    tracing::info!(waited, "stopped");
    Ok(())
}

fn local_url(address: SocketAddr) -> String {
    match address.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{}", address.port()),
        _ => format!("http://{address}"),
    }
}

/// One line for whoever started us, at once, also into a pipe.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

pub(crate) fn build(
    config: Config,
    descriptors: Descriptors,
    public_url: &str,
    address: SocketAddr,
    phases: Phases,
) -> Result<Shared, String> {
    std::fs::create_dir_all(&config.data).map_err(|error| format!("the data folder: {error}"))?;
    let lock = lock(&config.data)?;
    let store = open_store(&config.data)?;
    let files = Files::open(&config.data, config.files.url.as_deref(), config.files.options())?;
    let sites = Sites::open(&config.data).map_err(|error| format!("the sites: {error}"))?;
    let (hub, metrics) = (Hub::new(), Arc::new(Metrics::new()));
    let presence = Arc::new(Presence::new(config.agent_capacity));
    let (rate, transport) = (config.handshakes_per_second, config.transport);
    let admission = Admission::new(rate, transport, secret::bytes(), Arc::clone(&metrics), clock::elapsed());
    let cookies = match public_url.starts_with("https://") || !address.ip().is_loopback() {
        true => Cookies::Secure,
        false => Cookies::Plain,
    };
    Ok(Arc::new(App {
        auth: Auth::new(Arc::clone(&store), cookies)?,
        desk: Desk::new(Around {
            store: Arc::clone(&store),
            hub: Arc::clone(&hub),
            presence: Arc::clone(&presence),
            admission: Arc::clone(&admission),
            metrics: Arc::clone(&metrics),
            files: Arc::clone(&files),
        }),
        descriptors,
        files,
        uploads: Rates::new(UPLOADS),
        results: Results::new(),
        admission,
        metrics,
        own: OwnOrigins::new(config.public_url.as_deref(), address),
        store,
        readiness: Readiness::default(),
        hub,
        presence,
        sites: Arc::new(sites),
        phases,
        lock,
        sockets: TaskTracker::new(),
        connections: TaskTracker::new(),
        config,
    }))
}

/// Two servers on one folder would not wake each other's clients. The lock goes with the process, however it ends.
pub(crate) fn lock(data: &std::path::Path) -> Result<std::fs::File, String> {
    let path = data.join("chinwag.lock");
    let file = std::fs::File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(format!("another server uses {}", data.display())),
        Err(std::fs::TryLockError::Error(error)) => Err(format!("{}: {error}", path.display())),
    }
}

/// Opens the store of a data folder, which is made if it is not there.
pub(crate) fn open_store(data: &std::path::Path) -> Result<SharedStore, String> {
    std::fs::create_dir_all(data).map_err(|error| format!("the data folder {}: {error}", data.display()))?;
    backup::refuse_unfinished(data)?;
    let store = Sqlite::open(&data.join(backup::DATABASE), clock::wall()).map_err(sentence)?;
    Ok(Arc::new(store))
}

pub(crate) fn sentence(error: StoreError) -> String {
    match error {
        StoreError::Broken(text) => format!("the store: {text}"),
        StoreError::Busy => "the store is busy; try again".into(),
        StoreError::NotFound => "there is no such thing".into(),
    }
}

/// Without an admin nobody can sign in: prints the link that makes the first one.
async fn invite_first_admin(store: &SharedStore, public_url: &str) -> Result<(), String> {
    let agents = store.agents(&Operator).await.map_err(sentence)?;
    if agents.iter().any(|agent| agent.role == Role::Admin) {
        return Ok(());
    }
    let code = secret::token();
    store.invite(&Operator, secret::hash(&code), Invitation::FirstAdmin).await.map_err(sentence)?;
    say(&format!("first admin: {public_url}/console/#setup={code}"));
    Ok(())
}

async fn watch(app: Shared) {
    loop {
        sleep(TICK).await;
        count_taken(&app).await;
        app.presence.tick(clock::elapsed());
        app.results.flush(&app.store).await;
        let sites = Arc::clone(&app.sites);
        if tokio::task::spawn_blocking(move || sites.refresh()).await.is_err() {
            tracing::error!("looking at the sites' files panicked");
        }
    }
}

/// Where agents take only so many conversations, tells how many they have.
async fn count_taken(app: &App) {
    if app.presence.capacity().is_none() {
        return;
    }
    match app.store.taken(&Operator).await {
        Ok(taken) => app.presence.taken(taken.into_iter().collect(), clock::elapsed()),
        Err(error) => tracing::warn!(?error, "it is not known how many conversations agents have"),
    }
}

/// Takes connections until dropped; those taken go on by themselves.
pub(crate) async fn accept(listener: &TcpListener, app: &Shared, router: &axum::Router) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let service = router.clone().layer(Extension(peer));
                let connection = connection(stream, service, app.phases.clone());
                app.connections.spawn(connection);
            }
            // A connection that ended before we took it is no shortage.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                // Out of descriptors, mostly: some will come free, and until then newcomers wait in the kernel's queue.
                if app.descriptors.refused(clock::elapsed()) {
                    tracing::warn!(%error, "cannot accept connections");
                }
                sleep(SHORT).await;
            }
        }
    }
}

/// One HTTP connection. When the server closes, it ends after the request that it is in.
async fn connection(stream: TcpStream, service: axum::Router, mut phases: Phases) {
    let _ = stream.set_nodelay(true);
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(MAX_HEADERS)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(Patient::new(stream)), TowerToHyperService::new(service))
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = phases.closing() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

/// Not ready, clients told, then closed: in this order, and never longer than it says.
async fn drain(app: &Shared, phase: &watch::Sender<Phase>, answering: impl Future<Output = ()>) {
    let window_ms = app.desk.window_ms();
    tracing::info!(window_ms, clients = app.desk.clients(), "draining");
    let window = Duration::from_millis(window_ms).min(LONGEST_DRAIN);
    let until = clock::elapsed().plus(window.as_millis() as u64);
    phase.send_replace(Phase::Draining { window_ms, until });
    // Still answering: the balancer in front must see that we are not ready.
    tokio::select! {
        () = answering => {}
        () = sleep(window) => {}
        () = everybody_left(app) => {}
    }
    phase.send_replace(Phase::Closing { window_ms });
    app.sockets.close();
    app.connections.close();
    let ending = async {
        tokio::join!(app.sockets.wait(), app.connections.wait());
    };
    if timeout(LAST_WORDS, ending).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

/// Waits until no client is connected, but so long that a balancer notices. Whoever comes meanwhile is sent away.
async fn everybody_left(app: &App) {
    sleep(NOTICED).await;
    while app.desk.clients() > 0 {
        sleep(LOOK).await;
    }
}

/// Waits until the writer's thread has ended.
async fn flush(app: Shared) -> bool {
    let store = Arc::downgrade(&app.store);
    drop(app);
    for _ in 0..FLUSH_LOOKS {
        if store.strong_count() == 0 {
            return true;
        }
        sleep(LOOK).await;
    }
    false
}

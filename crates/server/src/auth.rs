//! Who is signed in: passwords, sessions and one-time codes.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use axum::http::{HeaderMap, HeaderValue, header};
use chinwag_conversation::{WallTime, limits};
use tokio::sync::Semaphore;

use crate::{
    clock,
    error::Error,
    rate::{Rate, Rates},
    secret,
    store::{Hash, Invitation, Me, NewAgent, Redeemed, SharedStore, StoreError},
};

const COOKIE: &str = "chinwag_agent";
/// A session ends this long after its last use, in milliseconds.
const SESSION_MS: u64 = 30 * DAY_MS;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// Password checks at the same time: each takes 19 MiB and a core.
const CHECKS: usize = 2;

/// Sign-in and everything around it.
pub(crate) struct Auth {
    store: SharedStore,
    checks: Arc<Semaphore>,
    by_address: Rates<String>,
    by_email: Rates<String>,
    /// Compared with when the mail address is unknown, so that both answers take the same time.
    nobody: String,
    secure: Cookies,
}

/// Whether cookies may travel over plain HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookies {
    Secure,
    /// Plain HTTP on this machine only.
    Plain,
}

/// A signed-in agent.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) me: Me,
    pub(crate) session: Hash,
}

/// A new session: who, and the cookie that says so.
pub(crate) struct Opened {
    pub(crate) me: Me,
    pub(crate) cookie: HeaderValue,
}

const WRONG: Error = Error::Unauthenticated("The mail address or the password is wrong.");
const SIGN_IN: Error = Error::Unauthenticated("Sign in first.");

impl Auth {
    pub(crate) fn new(store: SharedStore, secure: Cookies) -> Result<Self, String> {
        Ok(Self {
            store,
            checks: Arc::new(Semaphore::new(CHECKS)),
            by_address: Rates::new(Rate { per_minute: 10, burst: 30 }),
            by_email: Rates::new(Rate { per_minute: 2, burst: 10 }),
            nobody: hash_password(&secret::token())?,
            secure,
        })
    }

    /// Opens a session for the right password. Everything else gets the same answer after the same work.
    pub(crate) async fn login(&self, email: &str, password: String, address: String) -> Result<Opened, Error> {
        self.slow_down(&address, Some(email))?;
        let credential = match self.store.credential(email).await {
            Ok(credential) => Some(credential),
            Err(StoreError::NotFound) => None,
            Err(other) => return Err(other.into()),
        };
        let stored = credential.as_ref().map_or(&self.nobody, |known| &known.password).clone();
        let too_long = password.len() > Password::MAX * 4;
        let right = self.expensive(move || !too_long && matches(&password, &stored)).await?;
        match credential {
            Some(credential) if right => self.open(credential.agent).await,
            _ => Err(WRONG),
        }
    }

    /// Turns a one-time code into an agent and a session.
    pub(crate) async fn setup(
        &self,
        code: &str,
        name: &str,
        email: &str,
        password: Password,
        address: String,
    ) -> Result<Opened, Error> {
        self.slow_down(&address, None)?;
        const USED: Error = Error::Forbidden {
            code: "code",
            message: "This link was used already or is not complete. Ask for a new one.",
        };
        let code = secret::hash(code);
        match self.store.invitation(code).await {
            Ok(Invitation::Agent { email: invited, .. }) if !invited.eq_ignore_ascii_case(email) => {
                return Err(Error::bad("email", "This link was made for another mail address."));
            }
            Ok(_) => {}
            Err(StoreError::NotFound) => return Err(USED),
            Err(other) => return Err(other.into()),
        }
        let password = self.expensive(move || hash_password(&password.0)).await?;
        let password = password.map_err(Error::Internal)?;
        let new = NewAgent { name: name.to_owned(), email: email.to_owned(), password, at: clock::wall() };
        match self.store.redeem(code, new).await {
            Ok(Redeemed::Created(agent)) => self.open(agent).await,
            Ok(Redeemed::EmailTaken) => Err(Error::bad("email", "Somebody signs in with this mail address already.")),
            Err(StoreError::NotFound) => Err(USED),
            Err(other) => Err(other.into()),
        }
    }

    async fn open(&self, agent: crate::store::AgentId) -> Result<Opened, Error> {
        let token = secret::token();
        let session = secret::hash(&token);
        let now = clock::wall();
        self.store.open_session(agent, session, WallTime(now.0 + SESSION_MS)).await?;
        let (me, _) = self.store.session(session, now).await?;
        Ok(Opened { me, cookie: self.cookie(&token, SESSION_MS / 1_000)? })
    }

    /// Who sent this request.
    pub(crate) async fn signed(&self, headers: &HeaderMap) -> Result<Signed, Error> {
        self.owner(session_of(headers)?).await
    }

    /// Whose session it is.
    pub(crate) async fn owner(&self, session: Hash) -> Result<Signed, Error> {
        let now = clock::wall();
        let (me, expires_at) = match self.store.session(session, now).await {
            Err(StoreError::NotFound) => return Err(SIGN_IN),
            found => found?,
        };
        // Sliding, but not a write for every request.
        if expires_at.0.saturating_sub(now.0) < SESSION_MS - DAY_MS {
            self.store.extend_session(session, WallTime(now.0 + SESSION_MS)).await?;
        }
        Ok(Signed { me, session })
    }

    /// Whether a session is over.
    pub(crate) async fn ended(&self, session: Hash) -> bool {
        matches!(self.store.session(session, clock::wall()).await, Err(StoreError::NotFound))
    }

    /// Ends the session of this request, if there is one.
    pub(crate) async fn logout(&self, headers: &HeaderMap) -> Result<(Option<Hash>, HeaderValue), Error> {
        let session = cookie_of(headers).map(secret::hash);
        if let Some(session) = session {
            self.store.close_session(session).await?;
        }
        Ok((session, self.cookie("", 0)?))
    }

    fn cookie(&self, token: &str, max_age: u64) -> Result<HeaderValue, Error> {
        let secure = match self.secure {
            Cookies::Secure => "; Secure",
            Cookies::Plain => "",
        };
        let text = format!("{COOKIE}={token}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}");
        HeaderValue::from_str(&text).map_err(|error| Error::Internal(error.to_string()))
    }

    fn slow_down(&self, address: &str, email: Option<&str>) -> Result<(), Error> {
        let now = clock::elapsed();
        let too_many = |after_ms| Error::TooMany { after_ms };
        self.by_address.take(&address.to_owned(), now).map_err(too_many)?;
        let Some(email) = email else { return Ok(()) };
        self.by_email.take(&email.to_ascii_lowercase(), now).map_err(too_many)
    }

    /// Work that costs a core, off the async threads and not more of it at once than there are permits.
    async fn expensive<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let permit = Arc::clone(&self.checks).acquire_owned().await.map_err(|_| Error::Unavailable)?;
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        task.await.map_err(|error| Error::Internal(error.to_string()))
    }
}

/// A password within the limits.
#[derive(Debug)]
pub(crate) struct Password(String);

impl Password {
    const MIN: usize = 10;
    const MAX: usize = 200;

    pub(crate) fn new(text: String) -> Result<Self, Error> {
        match text.chars().count() {
            Self::MIN..=Self::MAX => Ok(Self(text)),
            _ => Err(Error::bad("password", "A password has 10 to 200 characters.")),
        }
    }
}

/// Name and mail address of a new agent, within the limits.
pub(crate) fn check_person(name: &str, email: &str) -> Result<(), Error> {
    let name_length = name.chars().count();
    if name.trim().is_empty() || name_length > limits::NAME_CHARS || name.chars().any(char::is_control) {
        return Err(Error::bad("name", "A name has 1 to 120 characters."));
    }
    let kind = chinwag_conversation::Kind::Contact { name: None, email: Some(email.to_owned()) };
    kind.check(chinwag_conversation::AuthorKind::Visitor)
        .map_err(|_| Error::bad("email", "This is not a mail address like mia@example.com."))
}

/// The session that a request names, which may be none.
pub(crate) fn session_of(headers: &HeaderMap) -> Result<Hash, Error> {
    cookie_of(headers).map(secret::hash).ok_or(SIGN_IN)
}

fn cookie_of(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token)
        .filter(|token| secret::is_token(token))
}

fn hash_password(password: &str) -> Result<String, String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

fn matches(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_hashed_with_argon2id_and_salt() {
        let (one, other) = (hash_password("correct horse").unwrap(), hash_password("correct horse").unwrap());
        assert!(one.starts_with("$argon2id$"));
        assert_ne!(one, other);
        assert!(matches("correct horse", &one) && !matches("correct hors", &one));
    }

    #[test]
    fn only_our_own_cookie_is_read() {
        let token = secret::token();
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=b; chinwag_agent2=x".parse().unwrap());
        assert_eq!(cookie_of(&headers), None);
        headers.append(header::COOKIE, format!("c=d; {COOKIE}={token}; e=f").parse().unwrap());
        assert_eq!(cookie_of(&headers), Some(token.as_str()));
    }
}

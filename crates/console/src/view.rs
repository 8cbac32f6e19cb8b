//! What the agent sees. Components take props and emit actions; they read no clock and do no I/O.

mod account;
mod amend;
mod attach;
mod bar;
mod composer;
mod details;
mod file;
mod icon;
mod list;
mod mark;
mod markup;
mod problem;
mod results;
mod shell;
mod thread;
mod when;
mod words;

pub(crate) use account::{Checking, SetUpPage, SignInPage, UnknownPage};
pub(crate) use shell::{Shell, Snapshot};

use crate::model::Action;

/// Where components send what happened.
pub(crate) type Act = yew::Callback<Action>;

//! `chinwag site` and `chinwag agent`: work beside a running server, on the same data folder.

use clap::Subcommand;

use super::{DataArgs, Outcome, runtime};
use crate::{
    auth, config, origin, secret, serve, sites,
    store::{Invitation, Operator, Role},
};

#[derive(Subcommand)]
pub(super) enum SiteCommand {
    /// Makes the folder of a new site.
    Add {
        /// Small letters, digits and dashes; it stands in the tag's data-site.
        name: String,
        /// A page's origin, like https://shop.example.com; may be repeated.
        #[arg(long, required = true)]
        origin: Vec<String>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Lists the sites.
    List {
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Subcommand)]
pub(super) enum AgentCommand {
    /// Prints a one-time link with which somebody sets a password. For a known mail address it replaces the old one.
    Add {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// May configure, too.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Lists who can sign in.
    List {
        #[command(flatten)]
        data: DataArgs,
    },
}

pub(super) fn site(command: SiteCommand) -> Outcome {
    match command {
        SiteCommand::Add { name, origin, data } => {
            if !sites::is_name(&name) {
                return Err(format!("{name:?} cannot name a site: use small letters, digits and dashes"));
            }
            if let Some(bad) = origin.iter().find(|text| !origin::is_origin(text)) {
                return Err(format!(
                    "{bad:?} is not an origin like https://shop.example.com (no path, no slash at the end)"
                ));
            }
            sites::create(&data.data, &name, &origin).map_err(|error| match error.kind() {
                std::io::ErrorKind::AlreadyExists => format!("there is a site {name:?} already"),
                _ => format!("the folder of {name:?}: {error}"),
            })?;
            say!("made {}", data.data.join("sites").join(&name).display());
        }
        SiteCommand::List { data } => {
            for name in sites::list(&data.data).map_err(|error| format!("{}: {error}", data.data.display()))? {
                say!("{name}");
            }
        }
    }
    Ok(true)
}

pub(super) fn agent(command: AgentCommand) -> Outcome {
    match command {
        AgentCommand::Add { email, name, admin, data } => {
            auth::check_person(&name, &email)
                .map_err(|_| "a name has 1 to 120 characters, a mail address looks like mia@example.com".to_owned())?;
            let role = if admin { Role::Admin } else { Role::Agent };
            let (code, url) = (secret::token(), config::public_url(&data.data)?);
            let invitation = Invitation::Agent { name, email, role };
            let store = serve::open_store(&data.data)?;
            let invited = store.invite(&Operator, secret::hash(&code), invitation);
            runtime()?.block_on(invited).map_err(serve::sentence)?;
            say!("{url}/console/#setup={code}");
        }
        AgentCommand::List { data } => {
            let store = serve::open_store(&data.data)?;
            let agents = runtime()?.block_on(store.agents(&Operator)).map_err(serve::sentence)?;
            for agent in agents {
                let (role, intent) = (agent.role.word(), agent.intent.word());
                say!("{}\t{}\t{role}\t{intent}", agent.email, agent.name);
            }
        }
    }
    Ok(true)
}

//! The commands that need the whole program: a server, the demo, and the check of everything a server would open.

use std::path::PathBuf;

use super::ConfigFlags;

/// The commands that need the whole program. The composition root runs them.
#[derive(Debug, clap::Subcommand)]
pub enum ServerCommand {
    /// Try everything out: a whole server with a tenant, a license and simulated phones, in one folder
    #[command(after_help = "Example:
  offhook demo --dir /tmp/offhook-demo")]
    Demo(DemoArguments),
    /// Serve phones
    #[command(after_help = "Examples:
  offhook serve --data /var/lib/offhook --name phones.example.org
  offhook serve --config /etc/offhook/offhook.toml --role phones")]
    Serve(ConfigFlags),
    /// Check configuration, packs, license keys, certificates and database as the server would open them; changes nothing
    Check(ConfigFlags),
    /// The certificates that phones meet
    #[command(subcommand)]
    Certificate(CertificateCommand),
}

/// The certificates that phones meet.
#[derive(Debug, clap::Subcommand)]
pub enum CertificateCommand {
    /// Which certificates are served: whose, for which names, until when, and when they are ordered again
    #[command(after_help = "Example:
  offhook certificate show --config /etc/offhook/offhook.toml")]
    Show(ConfigFlags),
}

/// Where the demo keeps its data and stands.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArguments {
    /// Folder that everything is written to
    #[arg(long, value_name = "DIR", default_value = "offhook-demo")]
    pub dir: PathBuf,
    /// What phones call the server: a DNS name or an address
    #[arg(long, default_value = "localhost")]
    pub name: String,
    /// Address for phones over HTTPS
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8443")]
    pub https: String,
    /// Address for phones over plain HTTP
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:8081")]
    pub http: String,
    /// Address for phones over TFTP
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:6969")]
    pub tftp: String,
    /// Address for health and metrics
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub admin: String,
}

//! Real DHCP servers, with what `offhook dhcp` printed in their configuration.

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    time::Duration,
};

use crate::{
    lan::{Host, INTERFACE, Lan},
    office::Office,
};

/// A server that runs until it is dropped.
pub(crate) struct DhcpServer {
    process: Child,
}

impl DhcpServer {
    /// dnsmasq with what the file `directives` holds.
    pub(crate) fn dnsmasq(lan: &Lan, office: &Office, directives: &str) -> Self {
        let conf = format!(
            "port=0\ninterface={INTERFACE}\ndhcp-range=10.99.0.100,10.99.0.200,1h\nno-ping\n\
             dhcp-leasefile={}\nconf-file={}\n",
            office.path("leases").display(),
            office.path(directives).display()
        );
        std::fs::write(office.path("dnsmasq.conf"), conf).unwrap();
        let mut command = lan.command(Host::Server, "dnsmasq");
        command
            .arg("--keep-in-foreground")
            .arg(format!("--conf-file={}", office.path("dnsmasq.conf").display()));
        command.args(["--log-facility=-", "--user=root", "--pid-file="]);
        Self::start(command, "DHCP, IP range")
    }

    /// Kea, the same.
    pub(crate) fn kea(lan: &Lan, office: &Office, directives: &str) -> Self {
        let conf = format!(
            "{{ \"Dhcp4\": {{\n\"interfaces-config\": {{ \"interfaces\": [\"{INTERFACE}\"] }},\n\
             \"lease-database\": {{ \"type\": \"memfile\", \"persist\": false }},\n<?include \"{}\"?>,\n\
             \"subnet4\": [{{ \"id\": 1, \"subnet\": \"10.99.0.0/24\", \"pools\": [{{ \"pool\": \"10.99.0.100-10.99.0.200\" }}] }}],\n\
             \"loggers\": [{{ \"name\": \"kea-dhcp4\", \"severity\": \"INFO\", \"output_options\": [{{ \"output\": \"stdout\" }}] }}]\n}} }}\n",
            office.path(directives).display()
        );
        std::fs::write(office.path("kea.json"), conf).unwrap();
        let mut command = lan.command(Host::Server, "kea-dhcp4");
        command.arg("-c").arg(office.path("kea.json"));
        for variable in ["KEA_PIDFILE_DIR", "KEA_LOCKFILE_DIR"] {
            command.env(variable, office.path("."));
        }
        Self::start(command, "DHCP4_STARTED")
    }

    /// ISC dhcpd, the same.
    pub(crate) fn isc(lan: &Lan, office: &Office, directives: &str) -> Self {
        let conf = format!(
            "include \"{}\";\nauthoritative;\nsubnet 10.99.0.0 netmask 255.255.255.0 {{ range 10.99.0.100 10.99.0.200; }}\n",
            office.path(directives).display()
        );
        std::fs::write(office.path("dhcpd.conf"), conf).unwrap();
        std::fs::write(office.path("leases"), "").unwrap();
        let mut command = lan.command(Host::Server, "dhcpd");
        command.args(["-4", "-f", "-d", "--no-pid", "-cf"]).arg(office.path("dhcpd.conf"));
        command.arg("-lf").arg(office.path("leases")).arg(INTERFACE);
        Self::start(command, "Server starting service")
    }

    /// Starts it, and waits until it says that it serves.
    fn start(mut command: Command, serves: &str) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (lines, said) = channel();
        read(process.stdout.take().unwrap(), lines.clone());
        read(process.stderr.take().unwrap(), lines);
        let started = Self { process };
        let mut all = String::new();
        loop {
            match said.recv_timeout(Duration::from_mins(1)) {
                Ok(line) if line.contains(serves) => return started,
                Ok(line) => all.extend([line.as_str(), "\n"]),
                Err(RecvTimeoutError::Timeout) => panic!("it does not serve after a minute:\n{all}"),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended:\n{all}"),
            }
        }
    }
}

impl Drop for DhcpServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads to the end, so that the server never waits for a reader.
fn read(from: impl Read + Send + 'static, lines: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = lines.send(line);
        }
    });
}

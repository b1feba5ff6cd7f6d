//! What a phone gets before it can trust us, where secrets may not go: whom to trust, what time it is, where to ask next.
//! All of it is the same for everybody who asks with one scope, so it shows nothing of any device.

use bytes::Bytes;

use super::{
    policy::Policy,
    provisioner::{Grounds, Provisioner},
    refusal::Refusal,
    request::{Document, Request, Transport},
    view::TenantView,
};
use crate::{
    catalog::{AUTHORITY_FILES, AuthorityFacts, BootstrapFacts, NextUrl, Sighting},
    domain::{Scope, Secret},
};

/// What the operator lets phones know before they can trust anybody. Replaced whole on reload.
#[derive(Clone, Debug, Default)]
pub struct Introduction {
    /// The time server that they ask until their own document names another.
    pub time_server: String,
    /// Whom they must trust; none: whom they trust from the factory.
    pub authority: Option<AuthorityCertificate>,
    /// What stands before a scope in a URL that needs no trust, `http://NAME:PORT/p/`; none while no such door is open.
    pub plain_base: Option<String>,
}

/// The certificate of the authority that signs for this server.
#[derive(Clone, Debug)]
pub struct AuthorityCertificate {
    der: Bytes,
    pem: Bytes,
    base64: Vec<String>,
}

impl AuthorityCertificate {
    /// The certificate with these DER bytes.
    #[must_use]
    pub fn new(der: &[u8]) -> Self {
        let text = data_encoding::BASE64.encode(der);
        // 64 characters a line (RFC 7468 §2); some phones read no longer ones
        let lines = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned());
        let base64: Vec<String> = lines.collect();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", base64.join("\n"));
        Self { der: Bytes::copy_from_slice(der), pem: pem.into(), base64 }
    }
}

impl Provisioner {
    /// The bootstrap document in place of a secret file, where secrets may not go and the pack has one: over plain HTTP
    /// and TFTP with the tenant's scope `text`, unless the tenant's own network may have secrets there.
    pub(super) fn bootstrap(
        &self,
        request: &Request,
        named: Option<(&TenantView, &str)>,
        grounds: &Grounds,
        sighting: &Sighting<'_>,
    ) -> Option<Result<Document, Refusal>> {
        let (tenant, scope) = named?;
        // a device's own scope leads to secrets: what needs none is not told to whoever holds it
        Scope::parse(scope).ok().filter(|scope| matches!(scope, Scope::Tenant(_)))?;
        let policy = &grounds.policy;
        let introduction = policy.introduction.as_ref()?;
        let trusted = !request.forwarded && policy.trusts(request.source, &tenant.tenant.slug);
        let secure = request.transport == Transport::Https;
        if secure || trusted || !grounds.catalog.has_bootstrap(sighting.file) {
            return None;
        }
        let facts = bootstrap_facts(policy, introduction, scope);
        Some(self.finish(grounds.catalog.render_bootstrap(sighting.file, &facts)))
    }

    /// A file that is the server's own and no vendor's: the certificate of its authority.
    pub(super) fn own_file(&self, policy: &Policy, file: &str) -> Option<Document> {
        let authority = policy.introduction.as_ref()?.authority.as_ref()?;
        let [pem, der] = AUTHORITY_FILES;
        let (bytes, content_type) = match file {
            _ if file == pem => (&authority.pem, "application/x-pem-file"),
            _ if file == der => (&authority.der, "application/pkix-cert"),
            _ => return None,
        };
        let etag = self.sealer.entity_tag(bytes).into();
        Some(Document { bytes: bytes.clone(), content_type: content_type.into(), etag, receipt: None })
    }
}

/// What phones are told that ask with this scope. The next URL is that scope over HTTPS: whoever asks has it already.
fn bootstrap_facts<'a>(
    policy: &'a Policy,
    introduction: &'a Introduction,
    scope: &str,
) -> BootstrapFacts<'a> {
    let Introduction { time_server, authority, plain_base } = introduction;
    let file = |base: &str, file: &str| Secret::new(format!("{base}{scope}/{file}"));
    let [pem, der] = AUTHORITY_FILES;
    let facts = |(authority, base): (&'a AuthorityCertificate, &String)| AuthorityFacts {
        base64: &authority.base64,
        pem_url: file(base, pem),
        der_url: file(base, der),
    };
    BootstrapFacts {
        server: &policy.server,
        time_server,
        provisioning_url: NextUrl::new(format!("{}{scope}/", policy.url_base)),
        authority: authority.as_ref().zip(plain_base.as_ref()).map(facts),
    }
}

//! Which request gets a device's secrets: the tenant's scope over HTTPS, or a trusted network of its tenant.

use offhook::{
    domain::LineNumber,
    provisioning::{Refusal, RefusalClass, Request, Transport},
};

use crate::{
    bench::{Bench, on_both_engines},
    site::{INSIDE, OUTSIDE, Site},
};

const MAC: &str = "001565aabbcc";

async fn the_table_of_release(bench: Bench) {
    let site = Site::new(bench).with_two_tenants().await;
    let with_scope = site.site.path(&site.acme, &format!("{MAC}.cfg")).await;
    let others_scope = site.site.path(&site.other, &format!("{MAC}.cfg")).await;
    let bare = format!("/{MAC}.cfg");
    let unknown_scope = format!("/p/taaaaaaaaaaaaaaaaaaaaaaaaaa/{MAC}.cfg");
    for (transport, source, path, expected) in [
        (Transport::Https, OUTSIDE, &with_scope, None),
        (Transport::Http, OUTSIDE, &with_scope, Some(Refusal::NotConfidential("http"))),
        (Transport::Tftp, OUTSIDE, &with_scope, Some(Refusal::NotConfidential("tftp"))),
        (Transport::Https, INSIDE, &with_scope, None),
        (Transport::Http, INSIDE, &with_scope, None),
        (Transport::Tftp, INSIDE, &with_scope, None),
        (Transport::Tftp, INSIDE, &bare, None),
        (Transport::Https, INSIDE, &bare, None),
        (Transport::Tftp, OUTSIDE, &bare, Some(Refusal::NoScope)),
        (Transport::Https, OUTSIDE, &bare, Some(Refusal::NoScope)),
        (Transport::Https, OUTSIDE, &others_scope, Some(Refusal::OtherTenant)),
        (Transport::Tftp, INSIDE, &others_scope, Some(Refusal::OtherTenant)),
        (Transport::Https, OUTSIDE, &unknown_scope, Some(Refusal::UnknownScope)),
        (Transport::Tftp, INSIDE, &unknown_scope, Some(Refusal::UnknownScope)),
    ] {
        let got = site.site.ask(transport, source, path).await;
        assert_eq!(got.as_ref().err(), expected.as_ref(), "{transport:?} from {source}");
        if let Ok(document) = got {
            let text = String::from_utf8(document.bytes.to_vec()).unwrap();
            assert!(text.contains("password-of-acme-101"), "{transport:?} from {source}");
        }
    }
}

async fn a_proxy_is_on_no_trusted_network(bench: Bench) {
    let TwoTenants { site, acme, .. } = Site::new(bench).with_two_tenants().await;
    site.provisioner.refresh().await.unwrap();
    let with_scope = site.path(&acme, &format!("{MAC}.cfg")).await;
    for (transport, path, expected) in [
        (Transport::Https, format!("/{MAC}.cfg"), Refusal::NoScope),
        (Transport::Http, with_scope, Refusal::NotConfidential("http")),
    ] {
        let asked = Request {
            transport,
            source: INSIDE.parse().unwrap(),
            forwarded: true,
            path,
            user_agent: None,
            certificate: None,
            credential: None,
        };
        assert_eq!(site.provisioner.serve(&asked).await.unwrap_err(), expected);
    }
}

async fn every_refusal_of_a_phone_file_is_the_same_to_the_wire(bench: Bench) {
    let site = Site::new(bench).with_two_tenants().await;
    let mut change = site.site.bench.store.change(&site.acme.id, crate::bench::now()).await.unwrap();
    change.block_device(&site.device, true).await.unwrap();
    change.commit().await.unwrap();
    let blocked = site.site.path(&site.acme, &format!("{MAC}.cfg")).await;
    let unknown = site.site.path(&site.acme, "001565000001.cfg").await;
    let others = site.site.path(&site.acme, "001565bbbbbb.cfg").await;
    for (path, expected) in
        [(blocked, Refusal::Blocked), (unknown, Refusal::UnknownDevice), (others, Refusal::OtherTenant)]
    {
        let refusal = site.site.ask(Transport::Https, OUTSIDE, &path).await.unwrap_err();
        assert_eq!(refusal, expected);
        assert_eq!(refusal.class(), RefusalClass::NotFound);
    }
}

async fn path_and_user_agent_must_show_the_same_phone(bench: Bench) {
    let site = Site::new(bench).with_two_tenants().await;
    let path = site.site.path(&site.acme, &format!("{MAC}.cfg")).await;
    site.site.provisioner.refresh().await.unwrap();
    for (user_agent, served) in [
        ("Yealink SIP-T46U 108.86.0.20 00:15:65:aa:bb:cc", true),
        ("Yealink SIP-T46U 108.86.0.20 00:15:65:aa:bb:cd", false),
        ("curl/8.0", true),
    ] {
        let asked = Request {
            transport: Transport::Https,
            source: OUTSIDE.parse().unwrap(),
            forwarded: false,
            path: path.clone(),
            user_agent: Some(user_agent.into()),
            certificate: None,
            credential: None,
        };
        let got = site.site.provisioner.serve(&asked).await;
        assert_eq!(got.is_ok(), served, "{user_agent}: {:?}", got.err());
    }
}

async fn a_device_without_lines_gets_its_document_all_blank(bench: Bench) {
    let site = Site::new(bench).with_two_tenants().await;
    let mut change = site.site.bench.store.change(&site.acme.id, crate::bench::now()).await.unwrap();
    change.release_line(&site.device, LineNumber::new(1).unwrap()).await.unwrap();
    change.commit().await.unwrap();
    let text = site.site.document(&site.acme, MAC).await.unwrap();
    assert!(text.contains("account.1.enable = 0") && !text.contains("password-of-acme"), "{text}");
}

on_both_engines!(
    the_table_of_release,
    a_proxy_is_on_no_trusted_network,
    every_refusal_of_a_phone_file_is_the_same_to_the_wire,
    path_and_user_agent_must_show_the_same_phone,
    a_device_without_lines_gets_its_document_all_blank,
);

/// Two tenants with a phone each.
struct TwoTenants {
    site: Site,
    acme: offhook::storage::Tenant,
    other: offhook::storage::Tenant,
    device: offhook::domain::DeviceId,
}

impl Site {
    async fn with_two_tenants(self) -> TwoTenants {
        let acme = self.tenant("acme", 3).await;
        let other = self.tenant("other", 3).await;
        let mine = self.extension(&acme, "101").await;
        let theirs = self.extension(&other, "101").await;
        let device = self.phone(&acme, MAC, &[&mine]).await;
        self.phone(&other, "001565bbbbbb", &[&theirs]).await;
        TwoTenants { site: self, acme, other, device }
    }
}

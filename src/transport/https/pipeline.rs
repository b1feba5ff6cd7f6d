//! From the HTTP doors to the pipeline and back.

use std::sync::Arc;

use hyper::header::HeaderValue;

use super::{Method, PhoneAnswer, PhoneHandler, PhoneRequest};
use crate::domain::LegacyAlgorithm;
use crate::net::factory::{Certificate, Standing, Weakness};
use crate::provisioning::{
    CertificateStanding, Document, PhoneCertificate, Provisioner, Refusal, RefusalClass, Request, Transport,
};

impl PhoneHandler for Provisioner {
    async fn answer(&self, request: PhoneRequest) -> PhoneAnswer {
        if request.method == Method::Other {
            return PhoneAnswer::MethodRefused;
        }
        let wanted = Request {
            transport: if request.secure { Transport::Https } else { Transport::Http },
            source: request.source.ip(),
            forwarded: request.forwarded,
            path: request.path,
            user_agent: request.user_agent,
            certificate: request.certificate.as_deref().map(shown),
            credential: request.credential,
        };
        match self.serve(&wanted).await {
            Ok(document) => {
                // whoever asks for the head alone has fetched nothing
                if request.method == Method::Get {
                    self.delivered(&document);
                }
                found(document, request.if_none_match.as_deref())
            }
            Err(Refusal::Challenged { challenge, .. }) => PhoneAnswer::Unauthorized { challenge },
            Err(refusal) => match refusal.class() {
                RefusalClass::NotFound | RefusalClass::Unauthorized => PhoneAnswer::NotFound,
                RefusalClass::Crowded => PhoneAnswer::Crowded,
                RefusalClass::TryLater => PhoneAnswer::Undecidable,
            },
        }
    }
}

/// A certificate as the pipeline takes it.
fn shown(certificate: &Certificate) -> PhoneCertificate {
    let legacy = |weakness: &Weakness| match weakness {
        Weakness::Rsa1024 => LegacyAlgorithm::Rsa1024,
        Weakness::Sha1 => LegacyAlgorithm::Sha1,
        Weakness::X509V1 => LegacyAlgorithm::X509V1,
    };
    let standing = match &certificate.standing {
        Standing::Chained { vendor, weaknesses } => CertificateStanding::Chained {
            vendor: vendor.to_string(),
            weak: weaknesses.iter().map(legacy).collect(),
        },
        Standing::Foreign => CertificateStanding::Foreign,
        Standing::Unproven => CertificateStanding::Unproven,
        Standing::Broken(why) => CertificateStanding::Broken(why),
    };
    PhoneCertificate { standing, subject: certificate.subject.clone() }
}

/// The document, or that the phone has it already. Only asked once the request was authorized.
fn found(document: Document, if_none_match: Option<&str>) -> PhoneAnswer {
    let (Ok(etag), Ok(content_type)) =
        (HeaderValue::from_str(&document.etag), HeaderValue::from_str(&document.content_type))
    else {
        tracing::error!(content_type = %document.content_type, "a pack's content type cannot stand in a header");
        return PhoneAnswer::Undecidable;
    };
    if if_none_match.is_some_and(|tags| names(tags, &document.etag)) {
        return PhoneAnswer::NotModified { etag };
    }
    PhoneAnswer::Document { body: document.bytes, content_type, etag }
}

/// Whether `If-None-Match` names the tag; the comparison is the weak one (RFC 9110 §13.1.2).
fn names(tags: &str, etag: &Arc<str>) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == &**etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_among_others_weak_or_not() {
        let etag: Arc<str> = "\"abc\"".into();
        for tags in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert!(names(tags, &etag), "{tags}");
        }
        for tags in ["", "abc", "\"ab\"", "\"x\""] {
            assert!(!names(tags, &etag), "{tags}");
        }
    }
}

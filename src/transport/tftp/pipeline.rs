//! From the TFTP door to the pipeline and back.

use bytes::Bytes;

use super::{ReadHandler, ReadRequest, TftpRefusal};
use crate::provisioning::{Document, Provisioner, RefusalClass, Request, Transport};

impl ReadHandler for Provisioner {
    type Receipt = Document;

    async fn read(&self, request: ReadRequest) -> Result<(Bytes, Document), TftpRefusal> {
        let wanted = Request {
            transport: Transport::Tftp,
            source: request.source.ip(),
            forwarded: false,
            path: request.name,
            user_agent: None,
            certificate: None,
            credential: None,
        };
        match self.serve(&wanted).await {
            Ok(document) => Ok((document.bytes.clone(), document)),
            Err(refusal) => Err(match refusal.class() {
                // nothing is asked for a password over TFTP
                RefusalClass::NotFound | RefusalClass::Unauthorized => TftpRefusal::NotFound,
                RefusalClass::Crowded => TftpRefusal::Busy,
                RefusalClass::TryLater => TftpRefusal::Undecidable,
            }),
        }
    }

    fn delivered(&self, document: &Document) {
        Self::delivered(self, document);
    }
}

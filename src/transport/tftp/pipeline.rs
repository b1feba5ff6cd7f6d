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
        };
        match self.serve(&wanted).await {
            Ok(document) => Ok((document.bytes.clone(), document)),
            Err(refusal) => Err(match refusal.class() {
                RefusalClass::NotFound => TftpRefusal::NotFound,
                RefusalClass::TryLater => TftpRefusal::Undecidable,
            }),
        }
    }

    fn delivered(&self, document: &Document) {
        Self::delivered(self, document);
    }
}

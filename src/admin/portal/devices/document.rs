//! What a device would get now: its document with every secret masked, and for each line what wrote it.

use minijinja::{Value, context};

use super::{device, heading};
use crate::{
    admin::portal::{
        door::{Place, page},
        failure::Failure,
        page::Answer,
        visit::Visit,
    },
    catalog::ExplainedValue,
    domain::Layer,
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/devices/{mac}/document", show)]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let details = device(&visit).await?;
    let shown = &visit.portal.shown;
    let catalog = (shown.catalog)();
    let (server, url_base) = (shown.server.as_str(), shown.url_base.as_str());
    let preview = visit
        .actions
        .preview(&catalog, server, url_base, details.device.mac, visit.query.given("file"))
        .await?;
    let search = visit.query.text("q").to_lowercase();
    let lines: Vec<Value> = preview
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| search.is_empty() || line.text.to_lowercase().contains(&search))
        .map(|(index, line)| {
            let layers: Vec<&str> =
                line.values.iter().filter_map(ExplainedValue::layer).map(Layer::as_str).collect();
            let settings =
                line.values.iter().flat_map(|value| &value.settings).map(|(name, _)| name.as_str());
            context! {
                number => index + 1,
                text => line.text.trim_end_matches(['\r', '\n']),
                origin => format!("{}:{}", line.template, line.line),
                layers,
                settings => settings.collect::<Vec<_>>(),
            }
        })
        .collect();
    let context = context! {
        device => heading(&details),
        file => preview.file,
        model => preview.model,
        lines,
        of => preview.lines.len(),
        search => visit.query.text("q"),
        not_carried => preview.not_carried.iter().map(|name| name.as_str()).collect::<Vec<_>>(),
        replaced => preview.replaced.len(),
    };
    visit.page("devices/document.html", context)
}

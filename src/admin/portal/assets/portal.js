// What pages cannot do without a script: the time zone, a save button that waits for a valid form, the menu on a
// telephone, and asking before something is lost.
"use strict";

(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.split("; ").includes(`offhook_zone=${zone}`)) {
    document.cookie = `offhook_zone=${zone}; path=/; samesite=lax; max-age=31536000`;
  }

  const ready = () => {
    for (const form of document.querySelectorAll("form[data-waits]")) {
      const button = form.querySelector("button.main");
      // what was refused may be sent again as it is
      const refused = form.querySelector("[aria-invalid], .note") !== null;
      const before = form.dataset.waits === "changed" && !refused ? written(form) : null;
      const judge = () => {
        button.disabled = !form.checkValidity() || (before !== null && written(form) === before);
      };
      form.addEventListener("input", judge);
      form.addEventListener("change", judge);
      document.body.addEventListener("htmx:afterSettle", judge);
      judge();
    }
    for (const form of document.querySelectorAll("form[data-ask]")) {
      form.addEventListener("submit", (event) => {
        if (!window.confirm(form.dataset.ask)) event.preventDefault();
      });
    }
    const menu = document.querySelector(".menu-button");
    if (menu) {
      menu.addEventListener("click", () => {
        const open = document.getElementById("menu").classList.toggle("open");
        menu.setAttribute("aria-expanded", String(open));
      });
    }
    // a file's text goes into the field, where it can be seen and corrected
    const file = document.querySelector("input[type=file][data-into]");
    if (file) {
      file.addEventListener("change", async () => {
        document.getElementById(file.dataset.into).value = file.files[0] ? await file.files[0].text() : "";
      });
    }
    const link = document.getElementById("link");
    if (link) link.textContent = location.origin + link.dataset.path;
    const wrong = document.querySelector("[aria-invalid]");
    if (wrong) wrong.focus();
  };

  const written = (form) => new URLSearchParams(new FormData(form)).toString();

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else ready();
})();

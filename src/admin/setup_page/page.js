// What the page behind a set-up link does: takes the link from the address, sends the chosen password, then offers a second
// factor in the session of the user who now exists. Nothing is stored; the session is ended when the page is done.
"use strict";

const TEXTS = {
  en: {
    password_title: "Choose a password",
    password_about: "12 characters or more. A few words that belong together only in your head are better than odd characters.",
    password: "Password", again: "The same once more", save: "Save password",
    unequal: "The two passwords are not the same.",
    code_title: "A second factor",
    code_about: "Scan this with an authenticator app. From then on nobody signs in with your password alone.",
    key: "Or type this key:", code: "The six digits that the app shows", turn_on: "Turn on", skip: "Not now",
    done_title: "Done", done_name: "Your name to sign in:", done_about: "This link is spent.", go_on: "Sign in",
    no_link: "This address holds no set-up link. Open the whole link, up to its last character.",
    spent: "This link is good no longer. Ask for a new one: offhook user reset NAME.",
    wait: "Too many attempts failed. Try again in a few minutes.",
    away: "The server did not answer. Try again.",
    password_refused: "This password cannot be used: 12 to 128 characters, not your name, not always the same.",
    code_refused: "This code does not belong to the key now. Look whether the clock of your phone is right.",
  },
  de: {
    password_title: "Passwort wählen",
    password_about: "Mindestens 12 Zeichen. Ein paar Wörter, die nur in Ihrem Kopf zusammengehören, sind besser als seltene Zeichen.",
    password: "Passwort", again: "Noch einmal dasselbe", save: "Passwort speichern",
    unequal: "Die beiden Passwörter sind nicht gleich.",
    code_title: "Zweiter Faktor",
    code_about: "Scannen Sie dies mit einer Authenticator-App. Von da an meldet sich niemand allein mit Ihrem Passwort an.",
    key: "Oder geben Sie diesen Schlüssel ein:", code: "Die sechs Ziffern, die die App zeigt", turn_on: "Einschalten", skip: "Jetzt nicht",
    done_title: "Fertig", done_name: "Ihr Name für die Anmeldung:", done_about: "Dieser Link ist verbraucht.", go_on: "Anmelden",
    no_link: "In dieser Adresse steht kein Einrichtungslink. Öffnen Sie den ganzen Link, bis zum letzten Zeichen.",
    spent: "Dieser Link gilt nicht mehr. Bitten Sie um einen neuen: offhook user reset NAME.",
    wait: "Zu viele Versuche sind gescheitert. Versuchen Sie es in einigen Minuten noch einmal.",
    away: "Der Server hat nicht geantwortet. Versuchen Sie es noch einmal.",
    password_refused: "Dieses Passwort geht nicht: 12 bis 128 Zeichen, nicht Ihr Name, nicht immer dasselbe Zeichen.",
    code_refused: "Dieser Code gehört jetzt nicht zum Schlüssel. Prüfen Sie, ob die Uhr Ihres Telefons stimmt.",
  },
  pt: {
    password_title: "Escolha uma senha",
    password_about: "12 caracteres ou mais. Algumas palavras que só fazem sentido para você são melhores do que caracteres estranhos.",
    password: "Senha", again: "A mesma senha outra vez", save: "Salvar senha",
    unequal: "As duas senhas não são iguais.",
    code_title: "Segundo fator",
    code_about: "Leia este código com um aplicativo autenticador. A partir daí ninguém entra só com a sua senha.",
    key: "Ou digite esta chave:", code: "Os seis dígitos que o aplicativo mostra", turn_on: "Ativar", skip: "Agora não",
    done_title: "Pronto", done_name: "Seu nome para entrar:", done_about: "Este link já foi usado.", go_on: "Entrar",
    no_link: "Este endereço não contém um link de configuração. Abra o link inteiro, até o último caractere.",
    spent: "Este link não vale mais. Peça um novo: offhook user reset NAME.",
    wait: "Muitas tentativas falharam. Tente de novo em alguns minutos.",
    away: "O servidor não respondeu. Tente de novo.",
    password_refused: "Esta senha não pode ser usada: de 12 a 128 caracteres, sem o seu nome, nem sempre o mesmo caractere.",
    code_refused: "Este código não pertence à chave agora. Veja se o relógio do seu celular está certo.",
  },
};

const language = (navigator.languages || ["en"]).map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => TEXTS[tag]) || "en";
const text = (name) => TEXTS[language][name];
const element = (id) => document.getElementById(id);
const STEPS = ["password-step", "code-step", "done-step"];

function show(step) {
  for (const id of STEPS) element(id).hidden = id !== step;
  const first = element(step).querySelector("input");
  if (first) first.focus();
}

function say(message) {
  element("message").textContent = message;
}

async function call(method, path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(answer.code);
  return answer;
}

const REASONS = {
  setup_link_spent: "spent", password_refused: "password_refused", code_refused: "code_refused", too_many_attempts: "wait",
};

// One submission at a time, and its failure told in the user's words.
function on(step, work) {
  element(step).addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = element(step).querySelector("button");
    button.disabled = true;
    say("");
    try {
      await work();
    } catch (error) {
      say(text(REASONS[error.message] || "away"));
    }
    button.disabled = false;
  });
}

document.documentElement.lang = language;
for (const place of document.querySelectorAll("[data-text]")) place.textContent = text(place.dataset.text);

const link = location.hash.slice(1);
// out of the address bar and the history
history.replaceState(null, "", location.pathname);

let session = null;
let password = null;

async function finish() {
  if (session) await call("DELETE", "/session", null, session);
  session = password = null;
  show("done-step");
}

on("password-step", async () => {
  if (element("password").value !== element("again").value) {
    say(text("unequal"));
    return;
  }
  password = element("password").value;
  const user = await call("POST", "/setup", { link, password });
  element("name").textContent = user.name;
  // the password is saved: who may not sign in from here is done, there is nothing to be repeated
  show("done-step");
  let offered;
  try {
    session = (await call("POST", "/session", { name: user.name, password })).token;
    offered = await call("POST", "/me/second-factor", null, session);
  } catch {
    return;
  }
  element("picture").src = `data:image/svg+xml;base64,${btoa(offered.picture)}`;
  element("picture").alt = offered.uri;
  element("key").textContent = offered.key;
  show("code-step");
});

on("code-step", async () => {
  const body = { current: password, key: element("key").textContent, code: element("code").value };
  await call("PUT", "/me/second-factor", body, session);
  await finish();
});

element("skip").addEventListener("click", () => finish().catch(() => show("done-step")));

if (link) show("password-step");
else say(text("no_link"));

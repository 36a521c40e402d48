// Asks the browser for a passkey, or to make one, and sends its answer with the form.
const form = document.querySelector("form[data-passkey]");
const button = form.querySelector("button");
const stopped = form.querySelector(".fault");

const octets = (text) => {
  const whole = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(whole), (one) => one.charCodeAt(0));
};
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const told = (made) => {
  const response = { clientDataJSON: text(made.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
};

const ask = async () => {
  const asked = JSON.parse(form.dataset.options);
  asked.challenge = octets(asked.challenge);
  for (const one of [...(asked.excludeCredentials ?? []), ...(asked.allowCredentials ?? [])]) {
    one.id = octets(one.id);
  }
  if (form.dataset.passkey === "get") return navigator.credentials.get({ publicKey: asked });
  asked.user.id = octets(asked.user.id);
  return navigator.credentials.create({ publicKey: asked });
};

if (window.PublicKeyCredential) {
  form.querySelector(".passkey-off").hidden = true;
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    stopped.hidden = true;
    button.disabled = true;
    try {
      form.elements.answer.value = told(await ask());
      form.submit();
    } catch {
      stopped.hidden = false;
      button.disabled = false;
    }
  });
}

const button = document.getElementById("passkey"), message = document.getElementById("passkey-message");
const ask = async (path, body) => {
  const headers = {"Content-Type": "application/json"};
  const reply = await fetch(`/api/v1/auth/passkeys/sign-in${path}`, {method: "POST", credentials: "same-origin", headers, body});
  if (!reply.ok) throw new Error(reply.status);
  return reply.json();
};
if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  button.hidden = false;
  document.getElementById("passkey-instead")?.remove();
}
button.addEventListener("click", async () => {
  const {step, next, sorry} = button.dataset;
  const first = step ? {temp_token: step} : {};
  button.disabled = true;
  message.textContent = "";
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask("", step ? JSON.stringify(first) : undefined));
    const credential = await navigator.credentials.get({publicKey});
    await ask("/finish", JSON.stringify({...first, credential}));
    location.assign(next);
  } catch {
    message.textContent = sorry;
    button.disabled = false;
  }
});

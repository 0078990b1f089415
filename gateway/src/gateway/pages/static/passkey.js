const button = document.getElementById("passkey"), message = document.getElementById("passkey-message");
const ask = async (body) => {
  const headers = {"Content-Type": "application/json"};
  const reply = await fetch("/api/v1/auth/passkeys/sign-in", {method: "POST", credentials: "same-origin", headers, body});
  if (!reply.ok) throw new Error(reply.status);
  return reply.json();
};
if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  button.hidden = false;
  document.getElementById("passkey-instead")?.remove();
}
button.addEventListener("click", async () => {
  const {step, sorry} = button.dataset;
  button.disabled = true;
  message.textContent = "";
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask(step ? JSON.stringify({temp_token: step}) : undefined));
    const form = document.getElementById("passkey-form");
    form.elements.credential.value = JSON.stringify(await navigator.credentials.get({publicKey}));
    form.submit();
  } catch {
    message.textContent = sorry;
    button.disabled = false;
  }
});

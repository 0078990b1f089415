const button = document.getElementById("add-passkey"), message = document.getElementById("passkey-message");
const ask = async (path, body) => {
  const headers = {"Content-Type": "application/json", "X-CSRF-Token": button.dataset.csrf};
  const reply = await fetch(`/api/v1/auth/passkeys${path}`, {method: "POST", credentials: "same-origin", headers, body});
  const why = reply.status === 403 && {reauthentication_required: "again", own_sign_in_required: "own"}[(await reply.clone().json()).code];
  if (why) {
    location.assign(`/auth/sign-in?done=${why}`);
    await new Promise(() => {});
  }
  if (!reply.ok) throw new Error(reply.status);
  return reply.json();
};
if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  button.hidden = false;
  document.getElementById("passkey-script").remove();
}
button.addEventListener("click", async () => {
  button.disabled = true;
  message.textContent = "";
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await ask(""));
    const credential = await navigator.credentials.create({publicKey});
    await ask("/finish", JSON.stringify({credential}));
    location.assign("/auth/account?done=passkey_added");
  } catch {
    message.textContent = button.dataset.sorry;
    button.disabled = false;
  }
});

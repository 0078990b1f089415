// Passkeys in a browser: the gateway's options go to the authenticator as they are, and its reply comes back as `toJSON()` gives it.

import { unwrap, type Api } from "./client.js";
import type { AuthenticationReply, Passkey, RegistrationReply, SignedIn, TwoFactorNeeded } from "./schema.js";

/** Adds a passkey to the account of whoever is signed in. Throws what the browser throws: a NotAllowedError where the person has cancelled. */
export async function addPasskey(api: Api, name: string): Promise<Passkey> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await unwrap(api.POST("/api/v1/auth/passkeys")));
  const credential: RegistrationReply = replyOf(await navigator.credentials.create({ publicKey }));
  return await unwrap(api.POST("/api/v1/auth/passkeys/finish", { body: { credential, name } }));
}

/** Signs in with any passkey of this device, or makes the second step of a sign-in that has asked for one. */
export async function signInByPasskey(api: Api, firstStep?: TwoFactorNeeded): Promise<SignedIn> {
  const step = firstStep === undefined ? {} : { temp_token: firstStep.temp_token };
  const options = await unwrap(api.POST("/api/v1/auth/passkeys/sign-in", { body: step }));
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential: AuthenticationReply = replyOf(await navigator.credentials.get({ publicKey }));
  return await unwrap(api.POST("/api/v1/auth/passkeys/sign-in/finish", { body: { ...step, credential } }));
}

function replyOf(credential: Credential | null) {
  if (!(credential instanceof PublicKeyCredential)) throw new Error("the browser has given no passkey");
  return credential.toJSON();
}

// A project in the fragment of an address: deflated JSON as base64 for URLs. A fragment is never sent to a server.
import type { StrategyChoice } from "@mz-deploy/planner";
import { deflateSync, Inflate, strFromU8, strToU8 } from "fflate";
import { FIRST_SETTINGS, type Settings } from "../worker/protocol";
import { LIMITS, Refusal, size } from "./limits";
import type { Texts } from "./texts";

/** The version of the form. */
const FORM = 2;
const STRATEGIES: StrategyChoice[] = ["swap", "rename", "auto"];
/** What a link may unpack to. */
const MOST_BYTES = 2_000_000;

/** What a link holds: the project, how it is planned, and what it is compared with where that is another version of it. */
export interface Shared {
  name: string;
  texts: Texts;
  /** The version that is deployed; absent if nothing is. */
  deployed?: Texts;
  settings?: Settings;
}

/** The fragment, or a refusal if it would be too long for an address. */
export function encode(shared: Shared): string {
  const document = {
    form: FORM,
    name: shared.name,
    files: Object.fromEntries(shared.texts),
    ...(shared.deployed && { deployed: changed(shared.texts, shared.deployed) }),
    ...(shared.settings && { settings: shared.settings }),
  };
  const data = toBase64Url(deflateSync(strToU8(JSON.stringify(document)), { level: 9 }));
  if (data.length > LIMITS.linkLength) {
    throw new Refusal(
      `The project is too large for a link: it would have ${size(data.length)}, and many programs cut what is longer than ${size(LIMITS.linkLength)}. Download it as an archive instead.`,
    );
  }
  return data;
}

/** What a fragment holds. */
export function decode(data: string): Shared {
  let document: unknown;
  try {
    document = JSON.parse(strFromU8(inflate(fromBase64Url(data))));
  } catch {
    throw new Refusal("The link is damaged or was cut: it holds no project.");
  }
  if (!isRecord(document) || document["form"] !== FORM) {
    throw new Refusal("The link was made by another version of this page.");
  }
  const texts = new Map(Object.entries(strings(document["files"])));
  const name = typeof document["name"] === "string" ? document["name"] : "shared project";
  const shared: Shared = { name, texts };
  if (document["deployed"] !== undefined) {
    shared.deployed = restored(texts, document["deployed"]);
  }
  if (isRecord(document["settings"])) {
    shared.settings = settingsOf(document["settings"]);
  }
  return shared;
}

/** Settings as far as they are some; the rest is as it is at first. */
function settingsOf(given: Record<string, unknown>): Settings {
  const { deployId, profile, strategy, redeployAll, dropRemoved } = given;
  const choice = STRATEGIES.find((each) => each === strategy);
  return {
    deployId: typeof deployId === "string" ? deployId : FIRST_SETTINGS.deployId,
    ...(typeof profile === "string" && { profile }),
    variables: strings(given["variables"]),
    ...(choice && { strategy: choice }),
    redeployAll: redeployAll === true,
    dropRemoved: dropRemoved === true,
  };
}

/** What differs in the deployed version: its text, or null for what it doesn't have. */
function changed(texts: Texts, deployed: Texts): Record<string, string | null> {
  const differing = [...deployed].filter(([path, text]) => texts.get(path) !== text);
  const missing = [...texts.keys()].filter((path) => !deployed.has(path));
  return Object.fromEntries([...differing, ...missing.map((path): [string, null] => [path, null])]);
}

function restored(texts: Texts, differing: unknown): Texts {
  const deployed = new Map(texts);
  for (const [path, text] of Object.entries(isRecord(differing) ? differing : {})) {
    if (typeof text === "string") {
      deployed.set(path, text);
    } else {
      deployed.delete(path);
    }
  }
  return deployed;
}

/** Unpacks, and stops at more than a link can hold. */
function inflate(bytes: Uint8Array): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((chunk) => {
    length += chunk.length;
    if (length > MOST_BYTES) {
      throw new Refusal("The link unpacks to more than a link can hold.");
    }
    chunks.push(chunk);
  });
  stream.push(bytes, true);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function strings(value: unknown): Record<string, string> {
  const entries = Object.entries(isRecord(value) ? value : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(data: string): Uint8Array {
  const binary = atob(data.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

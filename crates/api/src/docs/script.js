// Draws the OpenAPI document. Words of the document become text, never markup.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEPTH_MAX = 6;
let whole = {};

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== ""));
  return element;
}

/** What `#/components/…` names; an object without a reference is itself. */
function meant(part) {
  const seen = new Set();
  while (part?.$ref && !seen.has(part.$ref)) {
    seen.add(part.$ref);
    part = part.$ref.slice(2).split("/").reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], whole);
  }
  return part ?? {};
}

const nameOf = (part) => part?.$ref?.split("/").pop();

/** `allOf` parts laid into one. */
function merged(part) {
  const schema = meant(part);
  if (!schema.allOf) return schema;
  const parts = schema.allOf.map(merged);
  return {
    ...schema,
    type: "object",
    properties: Object.assign({}, ...parts.map((each) => each.properties), schema.properties),
    required: [...parts.flatMap((each) => each.required ?? []), ...(schema.required ?? [])],
  };
}

/** Without "or null": that stands beside the kind. */
function choices(schema) {
  const all = schema.oneOf ?? schema.anyOf ?? [];
  return all.filter((each) => each.type !== "null");
}

function kind(part) {
  const schema = merged(part);
  const options = choices(schema);
  if (options.length) return options.map(kind).join(" or ");
  const types = [schema.type ?? (schema.properties ? "object" : "any")].flat().filter((type) => type !== "null");
  if (types[0] === "array") return `${kind(schema.items)}[]`;
  if (types[0] === "object" && schema.additionalProperties) return `{ key: ${kind(schema.additionalProperties)} }`;
  return nameOf(part) ?? types.join(" or ");
}

function limits(schema) {
  const said = [];
  const say = (key, words) => schema[key] !== undefined && said.push(`${words} ${schema[key]}`);
  if (schema.enum) said.push(schema.enum.map((value) => JSON.stringify(value)).join(" · "));
  if (schema.const !== undefined) said.push(`always ${JSON.stringify(schema.const)}`);
  if (schema.format) said.push(schema.format);
  say("minimum", "at least");
  say("maximum", "at most");
  say("minLength", "length at least");
  say("maxLength", "length at most");
  say("minItems", "items at least");
  say("maxItems", "items at most");
  say("pattern", "matches");
  if (schema.default !== undefined) said.push(`usually ${JSON.stringify(schema.default)}`);
  if ([schema.type].flat().includes("null") || (schema.oneOf ?? schema.anyOf ?? []).some((each) => each.type === "null")) said.push("or null");
  return said.join(", ");
}

function field(key, part, mark, depth, within, answers) {
  const schema = merged(part);
  return make("div", { class: "field" },
    make("div", { class: "head" },
      make("span", { class: "key" }, key),
      make("span", { class: "kind" }, kind(part)),
      mark ? make("span", { class: answers ? "aside" : "needed" }, mark) : undefined,
      make("span", { class: "aside" }, limits(schema))),
    words(part.description ?? schema.description),
    fields(part, answers, depth + 1, within));
}

function words(text) {
  return text ? make("p", { class: "words" }, ...inline(text)) : undefined;
}

/** `code` in Markdown is the only mark our words carry. */
function inline(text) {
  return text.split("`").map((piece, at) => (at % 2 ? make("code", {}, piece) : piece));
}

/** The members of an object, however deep it is wrapped; nothing for what has none. In a request the needed ones are marked, in an answer those that may be absent. */
function fields(part, answers, depth = 0, within = []) {
  const schema = merged(part);
  const name = nameOf(part);
  if (depth > DEPTH_MAX || (name && within.includes(name))) return undefined;
  const inner = name ? [...within, name] : within;
  const options = choices(schema);
  if (options.length) {
    const drawn = options.map((each) => fields(each, answers, depth, inner)).filter(Boolean);
    return drawn.length ? make("div", {}, drawn) : undefined;
  }
  if (schema.items) return fields(schema.items, answers, depth, inner);
  if (schema.additionalProperties?.$ref || schema.additionalProperties?.properties) return fields(schema.additionalProperties, answers, depth, inner);
  const members = Object.entries(schema.properties ?? {});
  if (!members.length) return undefined;
  const needed = new Set(schema.required ?? []);
  const mark = (key) => (answers ? !needed.has(key) && "may be absent" : needed.has(key) && "needed");
  return make("div", { class: "fields" }, members.map(([key, value]) => field(key, value, mark(key), depth, inner, answers)));
}

/** A value such a schema could have. */
function example(part, depth = 0, within = []) {
  const schema = merged(part);
  const name = nameOf(part);
  if (part?.example !== undefined) return part.example;
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.length) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (depth > DEPTH_MAX || (name && within.includes(name))) return null;
  const inner = name ? [...within, name] : within;
  const options = choices(schema);
  if (options.length) return example(options[0], depth, inner);
  const type = [schema.type ?? (schema.properties ? "object" : undefined)].flat().find((each) => each !== "null");
  switch (type) {
    case "array": return schema.items ? [example(schema.items, depth + 1, inner)].filter((each) => each !== null) : [];
    case "object": return Object.fromEntries(Object.entries(schema.properties ?? {})
      .map(([key, value]) => [key, example(value, depth + 1, inner)]).filter(([, value]) => value !== null));
    case "integer": case "number": return schema.minimum ?? 1;
    case "boolean": return true;
    case "string": return schema.format === "date-time" ? "2026-11-21T13:30:00.123Z" : "text";
    default: return null;
  }
}

function pretty(value) {
  return make("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));
}

function curl(method, path, operation) {
  const body = content(meant(operation.requestBody));
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => `$${name.toUpperCase()}`);
  const lines = [`curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"$ROOKERY/api/v1${filled}"`];
  if (!(operation.security ?? whole.security ?? [{ bearer: [] }]).some((each) => !Object.keys(each).length)) lines.push(`-H "Authorization: Bearer $TOKEN"`);
  if (body?.type === "application/json") lines.push(`-H "Content-Type: application/json"`, `-d '${JSON.stringify(example(body.schema)).replaceAll("'", "'\\''")}'`);
  else if (body) lines.push(`-H "Content-Type: ${body.type}"`, "--data-binary @file");
  return make("pre", { tabindex: "0" }, lines.join(" \\\n  "));
}

function content(holder) {
  const [type, media] = Object.entries(holder?.content ?? {})[0] ?? [];
  return type ? { type, schema: media.schema ?? {}, example: media.example } : undefined;
}

function parameters(list) {
  if (!list.length) return [];
  const said = list.map((each) => {
    const schema = meant(each.schema);
    return make("div", { class: "field" },
      make("div", { class: "head" },
        make("span", { class: "key" }, each.name),
        make("span", { class: "kind" }, kind(each.schema ?? {})),
        make("span", { class: "aside" }, [`in the ${each.in}`, limits(schema)].filter(Boolean).join(", ")),
        each.required && each.in !== "path" ? make("span", { class: "needed" }, "needed") : undefined),
      words(each.description ?? schema.description));
  });
  return [make("h3", {}, "Parameters"), make("div", { class: "fields" }, said)];
}

function bodyOf(operation) {
  const holder = meant(operation.requestBody);
  const body = content(holder);
  if (!body) return [];
  const types = Object.keys(holder.content).join(", ");
  return [make("h3", {}, `Body: ${types}`), words(holder.description), fields(body.schema, false) ?? make("p", { class: "kind" }, kind(body.schema))];
}

function answer(status, response) {
  const { description, content: media } = meant(response);
  const body = content({ content: media });
  const head = [make("b", {}, status), " ", ...inline(description ?? "")];
  const problem = Number(status) >= 400 && nameOf(body?.schema) === "Problem";
  if (!body || problem) return make("div", { class: "answer plain" }, head);
  return make("details", { class: "answer", open: Number(status) < 300 },
    make("summary", {}, head),
    fields(body.schema, true) ?? make("p", { class: "kind" }, kind(body.schema)),
    body.type === "application/json" ? pretty(body.example ?? example(body.schema)) : make("p", { class: "aside" }, body.type));
}

function shownPath(path) {
  return path.split(/(\{\w+\})/).map((piece, at) => (at % 2 ? make("i", {}, piece) : piece));
}

function endpoint({ method, path, operation, common, anchor }) {
  const all = [...common, ...(operation.parameters ?? [])].map(meant);
  const details = make("details", { class: "endpoint", id: anchor },
    make("summary", {},
      make("span", { class: `method ${method}` }, method.toUpperCase()),
      make("span", { class: "path" }, shownPath(path)),
      make("span", { class: "what" }, ...inline(operation.summary ?? ""))));
  // A document of this size is drawn where one looks.
  details.addEventListener("toggle", () => {
    if (!details.open || details.querySelector(".inside")) return;
    details.append(make("div", { class: "inside" },
      operation.description ? make("p", {}, ...inline(operation.description)) : undefined,
      parameters(all), bodyOf(operation),
      make("h3", {}, "Answers"),
      Object.entries(operation.responses ?? {}).map(([status, response]) => answer(status, response)),
      make("h3", {}, "Example"), curl(method, path, operation)));
  });
  return details;
}

function listed() {
  const found = [];
  for (const [path, item] of Object.entries(whole.paths ?? {})) {
    for (const method of METHODS.filter((each) => item[each])) {
      const operation = item[method];
      const anchor = `${method}${path.replaceAll(/[^a-z0-9]+/gi, "-")}`;
      const text = `${method} ${path} ${operation.summary ?? ""} ${operation.description ?? ""}`.toLowerCase();
      found.push({ method, path, operation, common: item.parameters ?? [], anchor, text, tag: operation.tags?.[0] ?? "other" });
    }
  }
  return found;
}

function draw() {
  const main = document.getElementById("endpoints");
  const nav = document.getElementById("contents");
  const groups = Map.groupBy ? Map.groupBy(listed(), (each) => each.tag) : grouped(listed());
  document.getElementById("version").textContent = whole.info?.version ?? "";
  main.replaceChildren(...(whole.info?.description ?? "").split("\n\n").map((text) => make("p", { class: "lead" }, ...inline(text))));
  const rows = [];
  for (const [tag, endpoints] of groups) {
    const section = make("section", { "aria-label": tag }, make("h2", {}, tag));
    const links = make("ul", {});
    const part = make("div", {}, make("h2", {}, tag), links);
    for (const each of endpoints) {
      const drawn = endpoint(each);
      const link = make("li", {}, make("a", { href: `#${each.anchor}` },
        make("span", { class: `method ${each.method}` }, each.method.toUpperCase()),
        make("span", { class: "path", title: each.path }, make("bdi", {}, each.path))));
      section.append(drawn);
      links.append(link);
      rows.push({ text: each.text, drawn, link, holders: [section, part] });
    }
    main.append(section);
    nav.append(part);
  }
  main.append(make("p", { id: "none", hidden: true }, "Nothing here has these words."));
  document.getElementById("find").addEventListener("input", (event) => find(rows, event.target.value));
  addEventListener("hashchange", follow);
  follow();
}

function grouped(endpoints) {
  const groups = new Map();
  for (const each of endpoints) groups.set(each.tag, [...(groups.get(each.tag) ?? []), each]);
  return groups;
}

function find(rows, asked) {
  const wanted = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = new Set();
  for (const row of rows) {
    const fits = wanted.every((word) => row.text.includes(word));
    row.drawn.hidden = row.link.hidden = !fits;
    if (fits) row.holders.forEach((holder) => shown.add(holder));
  }
  rows.flatMap((row) => row.holders).forEach((holder) => { holder.hidden = !shown.has(holder); });
  document.getElementById("none").hidden = shown.size > 0;
}

function follow() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named?.matches("details")) {
    named.open = true;
    named.scrollIntoView();
  }
}

async function read() {
  try {
    const answered = await fetch("/api/v1/openapi.json");
    if (!answered.ok) throw new Error(`the server answered ${answered.status}`);
    whole = await answered.json();
    draw();
  } catch (error) {
    document.getElementById("state").textContent = `The document could not be read: ${error.message}`;
  }
}

read();

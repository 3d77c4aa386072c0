// Keys of the diagram: one tab stop, arrows walk along the flow, Enter follows the link.

function nodesOf(graph) {
  return [...graph.querySelectorAll(".node")];
}

function focusOn(nodes, node) {
  for (const other of nodes) other.setAttribute("tabindex", other === node ? "0" : "-1");
  node.focus();
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function named(nodes, ids) {
  return ids.split(" ").map((id) => nodes.find((node) => node.dataset.id === id)).filter(Boolean);
}

function distance(node, other) {
  return Math.abs(Number(node.dataset.y) - Number(other.dataset.y));
}

function column(nodes, node) {
  return nodes
    .filter((other) => other.dataset.layer === node.dataset.layer)
    .sort((a, b) => Number(a.dataset.y) - Number(b.dataset.y));
}

function target(nodes, node, key) {
  const same = column(nodes, node);
  const place = same.indexOf(node);
  const steps = {
    // The server lists callees by rate, the busiest first.
    ArrowRight: () => named(nodes, node.dataset.out)[0],
    ArrowLeft: () => named(nodes, node.dataset.in).sort((a, b) => distance(node, a) - distance(node, b))[0],
    ArrowDown: () => same[place + 1],
    ArrowUp: () => same[place - 1],
    Home: () => nodes[0],
    End: () => nodes.at(-1),
  };
  return steps[key]?.();
}

function onKey(event) {
  const node = event.target.closest(".node");
  if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
  const nodes = nodesOf(event.currentTarget);
  const next = target(nodes, node, event.key);
  if (!next) return;
  event.preventDefault();
  focusOn(nodes, next);
}

function rove(graph) {
  const nodes = nodesOf(graph);
  if (!nodes.length || graph.dataset.roving) return;
  graph.dataset.roving = "on";
  const first = nodes.find((node) => node.classList.contains("sel")) ?? nodes[0];
  for (const node of nodes) node.setAttribute("tabindex", node === first ? "0" : "-1");
  graph.addEventListener("keydown", onKey);
}

function roveAll() {
  document.querySelectorAll("svg.graph").forEach(rove);
}

roveAll();
document.addEventListener("htmx:after:swap", roveAll);

// The readout of a day chart: a line follows the pointer, and the words below it come from the
// table of values, so that numbers are written in one place only.

const SVG = "http://www.w3.org/2000/svg";

function rowsOf(figure) {
  return [...figure.querySelectorAll("details.values tbody tr")];
}

function headings(figure) {
  return [...figure.querySelectorAll("details.values thead th")].map((cell) => cell.textContent);
}

function words(figure, index) {
  const names = headings(figure);
  const row = rowsOf(figure)[index];
  const values = [...row.cells].map((cell, place) => (place ? `${names[place]} ${cell.textContent}` : cell.textContent));
  return values.join("  ·  ");
}

function shareAt(picture, event) {
  // Positions are in the units of the drawing, which the page may have scaled.
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
  const left = Number(picture.dataset.left);
  const right = Number(picture.dataset.right);
  return { x: Math.min(right, Math.max(left, place.x)), share: (place.x - left) / (right - left) };
}

function crosshair(picture) {
  const box = picture.viewBox.baseVal;
  const line = document.createElementNS(SVG, "line");
  line.setAttribute("class", "crosshair");
  line.setAttribute("y1", box.y);
  line.setAttribute("y2", box.y + box.height - 22);
  picture.append(line);
  return line;
}

function follow(figure, picture, readout) {
  const count = rowsOf(figure).length;
  const line = crosshair(picture);
  const rest = readout.textContent;
  const leave = () => {
    line.removeAttribute("x1");
    line.classList.remove("on");
    readout.textContent = rest;
  };
  picture.addEventListener("pointermove", (event) => {
    const { x, share } = shareAt(picture, event);
    const index = Math.min(count - 1, Math.max(0, Math.floor(share * count)));
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    line.classList.add("on");
    readout.textContent = words(figure, index);
  });
  picture.addEventListener("pointerleave", leave);
}

function enhance(figure) {
  const readout = figure.querySelector("[data-readout]");
  if (!readout || figure.dataset.enhanced || !rowsOf(figure).length) return;
  figure.dataset.enhanced = "on";
  readout.textContent = "Move over the chart to read a quarter of an hour.";
  for (const picture of figure.querySelectorAll("svg.viz[data-left]")) follow(figure, picture, readout);
}

function enhanceAll() {
  document.querySelectorAll("figure[data-chart=day]").forEach(enhance);
}

enhanceAll();
document.addEventListener("htmx:after:swap", enhanceAll);

// The page of files: a picture is zoomed into, and keys lead from file to file.

const stage = document.getElementById("stage");
const MOST = 40;
const STEP = 1.4;
const WHEEL = 1.0015;
const MORE_THAN_SHOWN = 1.2;

/** A key does what the link with its name does. */
function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, pre")) return;
  if (stage && ["+", "=", "-", "0"].includes(event.key)) {
    event.preventDefault();
    if (event.key === "0") zoom.fit(); else zoom.by(event.key === "-" ? 1 / STEP : STEP);
    return;
  }
  const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
  if (link) { event.preventDefault(); link.click(); }
}

/** Zooming into the picture: where it lies on the stage, and how large. */
const zoom = {
  scale: 1, x: 0, y: 0,
  picture: document.getElementById("picture"),
  /** Make it so many times larger around a point of the stage, by default its middle. */
  by(factor, at = { x: stage.clientWidth / 2 - this.picture.offsetLeft, y: stage.clientHeight / 2 - this.picture.offsetTop }) {
    const scale = Math.min(Math.max(this.scale * factor, 1), MOST);
    this.x = at.x - (at.x - this.x) * scale / this.scale;
    this.y = at.y - (at.y - this.y) * scale / this.scale;
    this.scale = scale;
    this.show();
    if (scale > MORE_THAN_SHOWN) this.sharpen();
  },
  fit() { this.scale = 1; this.show(); },
  move(x, y) { this.x += x; this.y += y; this.show(); },
  show() {
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = this.picture;
    this.x = this.scale === 1 ? 0 : within(this.x, -left, stage.clientWidth - left - width * this.scale);
    this.y = this.scale === 1 ? 0 : within(this.y, -top, stage.clientHeight - top - height * this.scale);
    this.picture.style.transform = this.scale === 1 ? "" : `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    stage.classList.toggle("zoomed", this.scale > 1);
  },
  /** Take the picture with all its pixels, once it is looked at so closely, in a frame that stays as it is. */
  sharpen() {
    const src = this.picture.dataset.full;
    if (!src) return;
    delete this.picture.dataset.full;
    const coming = new Image();
    coming.onload = () => {
      const { offsetWidth: width, offsetHeight: height } = this.picture;
      this.picture.width = width;
      this.picture.height = height;
      this.picture.src = src;
    };
    coming.src = src;
  },
};

function within(value, one, other) {
  return Math.min(Math.max(value, Math.min(one, other)), Math.max(one, other));
}

function point(event) {
  const box = stage.getBoundingClientRect();
  return { x: event.clientX - box.left - zoom.picture.offsetLeft, y: event.clientY - box.top - zoom.picture.offsetTop };
}

function watchStage() {
  const { picture } = zoom;
  const held = new Map();
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && zoom.scale === 1 && event.deltaY > 0) return;
    event.preventDefault();
    zoom.by(WHEEL ** -event.deltaY, point(event));
  }, { passive: false });
  stage.addEventListener("dblclick", (event) => { if (zoom.scale > 1) zoom.fit(); else zoom.by(4, point(event)); });
  stage.addEventListener("pointerdown", (event) => { held.set(event.pointerId, event); stage.classList.add("held"); stage.setPointerCapture(event.pointerId); });
  stage.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    const other = [...held.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    if (other) zoom.by(apart(event, other) / Math.max(apart(before, other), 1), point(other));
    else zoom.move(event.clientX - before.clientX, event.clientY - before.clientY);
    held.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    stage.addEventListener(end, (event) => { held.delete(event.pointerId); if (!held.size) stage.classList.remove("held"); });
  }
  picture.draggable = false;
  picture.addEventListener("load", () => zoom.show());
  if (picture.dataset.preload) picture.addEventListener("load", () => { new Image().src = picture.dataset.preload; }, { once: true });
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.hidden = false;
    button.addEventListener("click", () => { if (button.dataset.zoom === "fit") zoom.fit(); else zoom.by(button.dataset.zoom === "in" ? STEP : 1 / STEP); });
  }
}

function apart(one, other) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}

/** In place of a picture that can not be made stands what the server says of it. */
function broken(image) {
  const word = document.createElement("span");
  word.className = "kind";
  word.textContent = "no picture";
  image.replaceWith(word);
}

for (const image of document.querySelectorAll(".gallery img, #picture, .plane img")) {
  if (image.complete && !image.naturalWidth && image.loading !== "lazy") broken(image);
  else image.addEventListener("error", () => broken(image), { once: true });
}
if (stage) watchStage();
document.addEventListener("keydown", key);

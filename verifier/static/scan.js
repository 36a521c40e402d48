// Reads a QR code with the camera, where the browser can; without it the page works as it is.
// What is read goes into the field for codes and links, and is sent like anything that is typed there.
const scan = document.querySelector("[data-scan]");
const field = document.querySelector("#code");

async function reads() {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return false;
  return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
}

function begin() {
  const open = scan.querySelector("[data-open]");
  const stop = scan.querySelector("[data-stop]");
  const video = scan.querySelector("video");
  const said = scan.querySelector("[data-said]");
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  let stream = null;

  function end(words) {
    for (const track of stream ? stream.getTracks() : []) track.stop();
    stream = null;
    video.hidden = stop.hidden = true;
    open.hidden = false;
    said.textContent = words;
  }

  async function look() {
    if (!stream) return;
    const found = await detector.detect(video).catch(() => []);
    if (!stream) return;
    if (found.length === 0) {
      setTimeout(look, 150);
      return;
    }
    end("");
    field.value = found[0].rawValue.slice(0, field.maxLength);
    field.form.requestSubmit();
  }

  open.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      end(scan.dataset.denied);
      return;
    }
    video.srcObject = stream;
    video.hidden = stop.hidden = false;
    open.hidden = true;
    stop.focus();
    said.textContent = scan.dataset.look;
    video.play().catch(() => {});
    look();
  });
  stop.addEventListener("click", () => {
    end("");
    open.focus();
  });
  addEventListener("pagehide", () => end(""));
  open.hidden = false;
}

if (scan && field && (await reads())) begin();

// Colours as texts: what the service takes, and what a browser's colour field does.

/** Without `#`, which would have to be escaped in a query. */
export const plain = (text) => text.trim().replace(/^#/, "").toLowerCase();

/** `#rrggbb` for a colour field, and the alpha digits behind it. */
export function parts(text) {
  const digits = plain(text);
  if (/^[0-9a-f]+$/.test(digits)) {
    if (digits.length === 3 || digits.length === 4) {
      const long = [...digits].map((digit) => digit + digit).join("");
      return { rgb: `#${long.slice(0, 6)}`, alpha: long.slice(6) };
    }
    if (digits.length === 6 || digits.length === 8) return { rgb: `#${digits.slice(0, 6)}`, alpha: digits.slice(6) };
  }
  if (digits === "transparent" || digits === "") return { rgb: "#000000", alpha: "" };
  // A canvas knows the names.
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = "#000000";
  pen.fillStyle = digits;
  return { rgb: /^#[0-9a-f]{6}$/.test(pen.fillStyle) ? pen.fillStyle : "#000000", alpha: "" };
}

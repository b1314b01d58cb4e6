/** A name that every file system takes. */
const nameOf = (label: string): string => label.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 80) || 'chart';

/** Hands a file to the person, as browsers do it: from memory, by a link that is clicked. */
export function saveFile(blob: Blob, label: string, extension: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${nameOf(label)}.${extension}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function saveCanvas(canvas: HTMLCanvasElement, label: string): void {
  canvas.toBlob((blob) => {
    if (blob !== null) saveFile(blob, label, 'png');
  });
}

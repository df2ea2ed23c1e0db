/** Lets the browser keep a text as a file of that name, where it keeps its downloads. */
export function saveFile({ name, text }: { name: string; text: string }): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // A task later, since some browsers read it only then.
  setTimeout(() => URL.revokeObjectURL(url));
}

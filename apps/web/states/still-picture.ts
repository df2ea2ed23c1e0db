/** A picture that does not move, as a camera would send it: somebody before a wall. */
export function stillPicture(wall: string, coat: string): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 480;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser draws nothing');
  const disc = (x: number, y: number, radius: number, colour: string): void => {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  };
  const draw = (): void => {
    context.fillStyle = wall;
    context.fillRect(0, 0, canvas.width, canvas.height);
    disc(320, 520, 210, coat);
    disc(320, 210, 105, '#d9a27e');
    disc(285, 200, 9, '#241626');
    disc(355, 200, 9, '#241626');
  };
  draw();
  // A track sends a picture when one is drawn; whoever comes later must get one, too.
  setInterval(draw, 200);
  return canvas.captureStream(5);
}

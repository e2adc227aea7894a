/** A page with lines, 64 pixels a side. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABAAgMAAADXB5lNAAAADFBMVEX///8vfVv///8vfVsW35KYAAAAAXRSTlMAQObYZgAAAIVJREFUeNpjYGBgYA2FggAGMBANhYMQEJ8xFAk4IGuAaRJFFgDpCUUB' +
  'aEaADGFFFQjAFBBFFQghVmAVGCyFC8RBBFaBBUAK6qACU0EuwyrwbxXCEOoJrP8PApQJjDyHUSpAC4fhT0EYiQ5rsiQxaRPOLxhZDCMTYmZTjIyMkdUxCgO04gIAaTXPhn2KqAMAAAAASUVORK5CYII=';

/** What the sample server looks like; it needs no address to get it from. */
export const SAMPLE_ICON = { src: `data:image/png;base64,${PNG}`, mimeType: 'image/png', sizes: ['64x64'] };

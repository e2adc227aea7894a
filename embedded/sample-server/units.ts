/** What each unit measures, and how many of the base unit it is. */
const FACTORS = {
  length: { mm: 0.001, cm: 0.01, m: 1, km: 1_000, in: 0.0254, ft: 0.3048, yd: 0.9144, mi: 1_609.344 },
  mass: { g: 0.001, kg: 1, t: 1_000, oz: 0.028349523125, lb: 0.45359237 },
  volume: { ml: 0.001, l: 1, cup: 0.2365882365, gal: 3.785411784 },
} as const;

/** Temperatures do not share a zero, so they are converted over kelvin. */
const TEMPERATURES = {
  C: { toKelvin: (value: number) => value + 273.15, fromKelvin: (kelvin: number) => kelvin - 273.15 },
  F: { toKelvin: (value: number) => ((value + 459.67) * 5) / 9, fromKelvin: (kelvin: number) => (kelvin * 9) / 5 - 459.67 },
  K: { toKelvin: (value: number) => value, fromKelvin: (kelvin: number) => kelvin },
} as const;

type Quantity = keyof typeof FACTORS;

/** The units of each quantity, in words of the tool's description. */
export const UNITS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(FACTORS).map(([quantity, units]) => [quantity, Object.keys(units)])),
  temperature: Object.keys(TEMPERATURES),
};

/** All units that can be converted, each to those of the same quantity. */
export const UNIT_NAMES = Object.values(UNITS).flat() as [string, ...string[]];

/** The value in the other unit, or undefined where the two measure different things. */
export function convert(value: number, from: string, to: string): number | undefined {
  if (isTemperature(from) && isTemperature(to)) return round(TEMPERATURES[to].fromKelvin(TEMPERATURES[from].toKelvin(value)));
  for (const quantity of Object.keys(FACTORS) as Quantity[]) {
    const units: Readonly<Record<string, number>> = FACTORS[quantity];
    const [fromFactor, toFactor] = [units[from], units[to]];
    if (fromFactor !== undefined && toFactor !== undefined) return round((value * fromFactor) / toFactor);
  }
  return undefined;
}

function isTemperature(unit: string): unit is keyof typeof TEMPERATURES {
  return unit in TEMPERATURES;
}

/** Binary fractions leave digits that nobody meant. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

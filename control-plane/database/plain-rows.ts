import type { EntityManager, EntityName } from '@mikro-orm/postgresql';

/**
 * Rows of a table as plain objects with the properties of its entity, for what is only read. Making managed entities of them, each with
 * accessors and a place in the identity map, costs several times what everything else about a page costs.
 */
export function toPlainRows<Row extends object>(
  em: EntityManager,
  entity: EntityName<Row>,
  rows: readonly Readonly<Record<string, unknown>>[],
): Row[] {
  const meta = em.getMetadata(entity);
  const [driver, platform] = [em.getDriver(), em.getPlatform()];
  const converted = meta.props.flatMap(({ name, customType }) => (customType === undefined ? [] : [{ name, customType }]));
  return rows.map((row) => {
    const plain = driver.mapResult(row as never, meta) as Record<string, unknown>;
    for (const { name, customType } of converted) {
      const stored = plain[name];
      if (stored != null) plain[name] = customType.convertToJSValue(stored, platform, { mode: 'serialization' });
    }
    return plain as Row;
  });
}

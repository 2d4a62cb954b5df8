/** The paths in a lockfile of packages that are missing, or listed without a checksum. */
export function incompletePackages({ packages }) {
  const finds = (path, name) => {
    if (`${path && `${path}/`}node_modules/${name}` in packages) return true;
    const parent = path.slice(0, Math.max(path.lastIndexOf("/node_modules/"), 0));
    return path !== "" && finds(parent, name);
  };
  const unchecked = Object.keys(packages).filter(
    (path) => path !== "" && !packages[path].link && !packages[path].integrity,
  );
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !finds(path, name))
      .map((name) => `node_modules/${name}`),
  );
  return [...new Set([...unchecked, ...missing])];
}

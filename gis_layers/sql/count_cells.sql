-- Sites per cell of 1/16 tile, village and class, for zooms 8 to 13; the point is where they stand on average.
-- Secret sites are left out, so that no count can give one away. 40075016.6855785 m is the width of the world in
-- EPSG:3857; cells are numbered from the north-west, as tiles are, and kept as x * 2^32 + y.
INSERT INTO gis_layers_sitecell (zoom, path, site_class, total, offline, cell, shape)
SELECT
    zoom, village, site_class, count(*), count(*) FILTER (WHERE state = 'offline'),
    cell_x * 4294967296 + cell_y,
    ST_SetSRID(ST_MakePoint(avg(x), avg(y)), 3857)
FROM (
    SELECT
        zoom, site_class, state,
        regexp_replace(path, '[^/]+/$', '') COLLATE "C" AS village,
        ST_X(shape) AS x,
        ST_Y(shape) AS y,
        floor((ST_X(shape) / 40075016.6855785 + 0.5) * 16 * 2 ^ zoom)::bigint AS cell_x,
        floor((0.5 - ST_Y(shape) / 40075016.6855785) * 16 * 2 ^ zoom)::bigint AS cell_y
    FROM gis_layers_site CROSS JOIN generate_series(8, 13) AS zoom
    WHERE NOT secret
) AS placed
GROUP BY zoom, village, site_class, cell_x, cell_y

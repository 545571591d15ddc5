-- Layers road and water: {rank, name}, to half a pixel of a 512-pixel tile. Lines and waters border on nothing, so
-- each may be simplified by itself (Douglas-Peucker), which coverages may not. lean 1: no names; lean 2: the 1,500 longest or largest.
WITH drawn AS MATERIALIZED (
    SELECT
        kind, rank,
        CASE WHEN %(lean)s < 1 THEN nullif(name, '') END AS name,
        ST_AsMVTGeom(
            ST_Simplify(shape, 40075016.6855785 / 2 ^ %(z)s / 1024), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS shape
    FROM gis_layers_basefeature
    WHERE min_zoom <= %(z)s::smallint AND shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)
    ORDER BY CASE WHEN %(lean)s >= 2 THEN ST_Length(shape) + ST_Perimeter(shape) END DESC
    LIMIT CASE WHEN %(lean)s >= 2 THEN 1500 END
)
SELECT
    coalesce((SELECT ST_AsMVT(water, 'water', 4096, 'shape')
              FROM (SELECT rank, name, shape FROM drawn WHERE kind = 'water') AS water), '')
    || coalesce((SELECT ST_AsMVT(road, 'road', 4096, 'shape')
                 FROM (SELECT rank, name, shape FROM drawn WHERE kind = 'road') AS road), '')

-- Layers county, township, village, grid: polygons {code, name}, the code as feature id.
-- Each level begins at the zoom where its shapes are larger than specks; shapes come from the band of the zoom
-- (8, 9, 11, 13 generalised, 14 exact), whose levels share every line. lean 1: no names; lean 2: the 1,500 largest.
SELECT string_agg(layer, '')
FROM (
    SELECT ST_AsMVT(feature, level, 4096, 'shape', 'number') AS layer
    FROM (
        SELECT
            level, number,
            CASE WHEN %(lean)s < 1 THEN code END AS code,
            CASE WHEN %(lean)s < 1 THEN name END AS name,
            ST_AsMVTGeom(shape, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) AS shape
        FROM gis_layers_groundshape
        WHERE band = (CASE WHEN %(z)s >= 14 THEN 14 WHEN %(z)s = 13 THEN 13 WHEN %(z)s >= 11 THEN 11
                           WHEN %(z)s >= 9 THEN 9 ELSE 8 END)::smallint  -- another type would not use the index
            AND shape && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)
            AND (level = 'county' OR (level = 'township' AND %(z)s >= 9) OR (level = 'village' AND %(z)s >= 11)
                 OR (level = 'grid' AND %(z)s >= 12))
        ORDER BY CASE WHEN %(lean)s >= 2 THEN ST_Area(shape) END DESC
        LIMIT CASE WHEN %(lean)s >= 2 THEN 1500 END
    ) AS drawn
    CROSS JOIN LATERAL (SELECT number, code, name, shape) AS feature  -- what goes into the tile: not the level again
    GROUP BY level
) AS layers

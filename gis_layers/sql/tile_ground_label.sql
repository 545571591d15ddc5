-- Layer label: one point {level, name} per region or grid, in exactly one tile, so that no name repeats at a border.
-- Counties are named out to the grids' zooms, grids only where there is room. lean 2: 1,500 of them, widest first.
WITH tile AS MATERIALIZED (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box)  -- once, not for every label
SELECT ST_AsMVT(label, 'label', 4096, 'shape', 'number')
FROM (
    SELECT number, level, name, ST_AsMVTGeom(label, box, 4096, 0, true) AS shape
    FROM tile
    JOIN gis_layers_groundshape ON band = 14::smallint AND label && box
    WHERE ST_X(label) >= ST_XMin(box)
        AND ST_X(label) < ST_XMax(box)
        AND ST_Y(label) > ST_YMin(box)
        AND ST_Y(label) <= ST_YMax(box)
        AND ((level = 'county' AND %(z)s <= 11) OR (level = 'township' AND %(z)s BETWEEN 9 AND 14)
             OR (level = 'village' AND %(z)s >= 12) OR (level = 'grid' AND %(z)s >= 14))
    ORDER BY path
    LIMIT CASE WHEN %(lean)s >= 2 THEN 1500 END
) AS label

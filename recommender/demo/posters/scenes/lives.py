"""Posters of dramas and comedies since 1975, by TMDB id."""

from recommender.demo.posters.colours import along, down, out
from recommender.demo.posters.scene import Scene, part, scene, words

SCENES: dict[int, Scene] = {
    # Pulp Fiction: what is in the case
    680: scene(
        part("ground", paint=down("#d3202a", "#8f1018")),
        part("rays", 50, 92, 100, colour="#f2c230", number=20, alpha=0.25),
        part("briefcase", 50, 94, 66),
        *(
            part(
                "figure",
                x,
                152,
                74,
                colour="#120d0e",
                skin="#d9a07a" if x < 50 else "#5b3826",
                hair=h,
                hair_colour="#120d0e",
                pose="stand",
                light="#ffd04a",
                flip=x > 50,
            )
            for x, h in ((14, "bob"), (86, "wild"))
        ),
        words(
            "PULP", 50, 17, 13, width=82, paint="#f7d51f", edge=("#120d0e", 0.9), shadow=("#120d0e", 1, 1), narrow=True
        ),
        words(
            "FICTION",
            50,
            35,
            13,
            width=82,
            paint="#f7d51f",
            edge=("#120d0e", 0.9),
            shadow=("#120d0e", 1, 1),
            narrow=True,
        ),
        words("10¢", 88, 46, 3.4, style="serif", paint="#fff6d0", tilt=10),
        vignette=0.3,
        grain=9,
    ),
    # Forrest Gump: a bench, a feather, a long road
    13: scene(
        part("ground", paint=down("#8fc8ec", "#d8ecf7", "#fdf3d4")),
        part("ranges", far="#b5cfa0", near="#7fae5a", top=88, bottom=100, number=3, rough=3),
        part("road", paint="#b9b0a0", horizon=98, wide=60, vanish=74, to=66, line="#fff8e0"),
        part("hills", paint=down("#8fbf5a", "#5f9a3f"), base=122, rough=1),
        part("round_tree", 14, 124, 60, leaf="#5f9a4a"),
        part("bench", 52, 138, 56),
        part(
            "figure",
            50,
            138,
            46,
            pose="sit",
            colour="#e9e2cf",
            legs="#e0d8c2",
            skin="#e9bf9a",
            hair="short",
            hair_colour="#4a3220",
        ),
        part("block", 70, 126, 9, paint="#c8d8e8", high=90),
        part("feather", 62, 50, 24, angle=-16),
        part("path", points="62 50, 48 62, 58 74, 46 88", colour="#ffffff", width=0.4, alpha=0.6),
        words("Forrest Gump", 50, 20, 9, width=84, style="serif", paint="#2f5f8f"),
        vignette=0.05,
    ),
    # The Shawshank Redemption: rain and arms wide open
    278: scene(
        part("ground", paint=down("#0a0f14", "#1f2c36", "#3f4f58")),
        part("shape", points="40 -5!, 60 -5!, 92 150!, 8 150!", paint="#fff0c8", alpha=0.4, soft=5, mode="light"),
        part("lightning", 82, 0, 100, reach=60),
        part("block", 50, 118, 100, paint="#12181d", high=20, stretch=1.1),
        *(part("block", x, 108, 10, paint="#12181d", high=90) for x in range(0, 101, 12)),
        part("figure", 50, 142, 88, pose="wide", colour="#0c1014", light="#fff0c8"),
        part("rain", number=460, alpha=0.5, lean=0),
        part("mirror", level=140, shade="#060a0e", alpha=0.4),
        words(
            "THE SHAWSHANK\nREDEMPTION", 48, 20, 6.2, width=80, style="serif", paint="#f7ecd0", spacing=0.1, gap=0.45
        ),
        vignette=0.6,
    ),
    # Fight Club: soap
    550: scene(
        part("ground", paint=down("#2f3a34", "#141a17")),
        part("dots", colour="#0c100e", step=3, start=0.3, end=0.9, alpha=0.5),
        part("soap", 50, 78, 82, angle=-14, text="FIGHT\nCLUB"),
        *(
            part("disc", x, y, s, paint=out("#ffffff", "#f7d8e6", "#d9a0c0", at=(0.35, 0.3)), alpha=0.8)
            for x, y, s in (
                (18, 48, 9),
                (26, 38, 5),
                (84, 112, 11),
                (74, 120, 6),
                (90, 100, 4),
                (12, 60, 4),
                (78, 44, 4),
            )
        ),
        part("path", points="70 92, 76 99, 75 106", colour="#a3121c", width=1.6, taper=0.3),
        words("do not mention it", 50, 132, 4.6, paint="#f4a0c4", style="mono"),
        vignette=0.6,
        grain=9,
    ),
    # The Grand Budapest Hotel: pink
    120467: scene(
        part("ground", paint=down("#f7d8d0", "#fbeee0")),
        part("mountains", colour="#d3b8c4", base=100, high=46, peaks=5, snow="#fff8f4", shade="#bfa0b4"),
        part("pines", colour="#8f6a86", base=104, number=22, least=8, most=18),
        part("hotel", 50, 110, 66),
        part("shape", points="-5 109!, 105 109!, 105 155!, -5 155!", paint=down("#fdf6f0", "#ecd3d3")),
        part("block", 50, 124, 22, paint="#8f2f4a", high=10),
        *(part("path", points=p, colour="#8f2f4a", width=0.4) for p in ("48 110, 30 140", "52 110, 70 140")),
        part(
            "figure",
            50,
            138,
            30,
            colour="#6b2f8f",
            skin="#f2d0b4",
            pose="hero",
            hat="bowler",
            hat_colour="#6b2f8f",
            build=0.9,
        ),
        part("border", colour="#b8475f", margin=3, width=0.8),
        part("border", colour="#b8475f", margin=4.8, width=0.25),
        words(
            "THE GRAND\nBUDAPEST HOTEL", 50, 20, 5.6, width=80, style="serif", paint="#a3344f", spacing=0.14, gap=0.5
        ),
        vignette=0.04,
    ),
    # Parasite: upstairs, downstairs
    496243: scene(
        part("ground", paint=down("#dfe8df", "#b9c9b5")),
        part("block", 50, 50, 100, paint="#f4f2ea", high=44, stretch=0.86),
        part("block", 50, 52, 100, paint=down("#8fb5a0", "#5f8f6a"), high=32, stretch=0.72),
        part("round_tree", 68, 68, 30, leaf="#3f7a4a"),
        part("block", 50, 27, 100, paint="#3a3f3c", high=3, stretch=0.92),
        part("shape", points="-5 72!, 105 72!, 105 155!, -5 155!", paint=down("#4f8f3f", "#356b2c")),
        part("shape", points="-5 92!, 105 92!, 105 155!, -5 155!", paint=down("#3a342c", "#14110d")),
        part("stairs", 6, 146, 100, paint="#5b5346", shade="#8f8570", steps=14, wide=80, high=54),
        part("block", 84, 132, 24, paint="#ffd98a", high=50),
        part("glow", 84, 132, 40, colour="#ffc95a", strength=0.7),
        *(
            part("figure", x, y, s, colour=c, skin="#e8c4a0", hair=h, hair_colour="#17120f", skirt=k)
            for x, y, s, c, h, k in (
                (22, 90, 40, "#2b3038", "short", 0),
                (38, 90, 36, "#e9e2d5", "long", 28),
                (20, 139, 28, "#6b7a5a", "short", 0),
                (52, 117, 26, "#8f4a3a", "bob", 0),
            )
        ),
        *(
            part("block", x, y, w, paint="#0a0a0a", high=28)
            for x, y, w in ((22, 53.4, 7), (38, 57, 6.4), (20, 113, 5), (52, 93, 4.8))
        ),
        words("PARASITE", 50, 14, 9, width=84, spacing=0.34, paint="#17120f"),
        vignette=0.15,
    ),
    # City of God: a hill of houses and a camera
    598: scene(
        part("ground", paint=down("#ffb02f", "#ff7a2a", "#e84a2a")),
        part("sun", 74, 34, 24, paint="#fff3b8"),
        part("shape", points="-5 62!, 16 46, 36 60, 52 40, 66 62, 105 54!, 105 155!, -5 155!", paint="#8f4a2a"),
        part(
            "slum",
            colours=("#e8b04a", "#d8704a", "#5fa0a8", "#e9d8b0", "#b5503a", "#8fae5a", "#d8909a"),
            top=66,
            bottom=146,
            rows=12,
        ),
        *(
            part("path", points=p, colour="#2a1610", width=0.3)
            for p in ("-2 74, 40 82, 102 70", "-2 96, 60 104, 102 92")
        ),
        part("corners", 24, 34, 8, paint="#2f7fd0", number=4, turn=0),
        part("path", points="24 38, 30 52, 26 66", colour="#ffffff", width=0.3),
        part("figure", 72, 150, 58, colour="#17110e", pose="hush", build=0.95),
        part("block", 73, 99.6, 9, paint="#17110e", high=64),
        part("ring", 73, 99.6, 4.4, colour="#f2d8a0", width=14),
        words("CITY OF GOD", 50, 16, 9, width=86, paint="#ffffff", narrow=True, edge=("#a3281a", 0.7), jump=0.25),
        vignette=0.25,
        grain=8,
    ),
    # The Intouchables: lift off
    77338: scene(
        part("ground", paint=down("#3f9fe8", "#bfe6f7", "#fdf6e3")),
        part("clouds", colour="#ffffff", top=70, bottom=112, number=5, shade="#dcecf4"),
        part("mountains", colour="#8fa8c4", base=126, high=28, peaks=5, snow="#ffffff"),
        part("ranges", far="#7fb07a", near="#4a8a4f", top=122, bottom=130, number=2, rough=2),
        part("paraglider", 34, 48, 44),
        part("paraglider", 74, 66, 30, colour="#2f7fd8", second="#ffffff"),
        part("shape", points="-5 140!, 40 134, 105 138!, 105 155!, -5 155!", paint="#24406a"),
        part("barrow_wheel", 36, 137, 20),
        part("figure", 27, 137, 28, pose="walk", colour="#15171d", skin="#5b3a26"),
        words("The Intouchables", 50, 16, 7.4, width=88, style="serif", paint="#1f4a7a"),
        vignette=0.03,
    ),
    # Run Lola Run: twenty minutes
    104: scene(
        part("ground", paint=along(20, "#f7d21f", "#ff8a1f")),
        part("clock", 50, 72, 92, face="#fff3c0", rim="#17110e", hour=11.66),
        *(
            part("path", points=f"-4 {y}, {e} {y}", colour="#ffffff", width=w, alpha=0.8)
            for y, e, w in ((64, 34, 0.8), (76, 28, 0.5), (88, 36, 1), (100, 24, 0.6), (52, 26, 0.4))
        ),
        part(
            "figure",
            48,
            122,
            88,
            pose="run",
            colour="#9fd0d8",
            skin="#f2c8a4",
            legs="#5f8a5a",
            hair="wild",
            hair_colour="#e8201f",
        ),
        part("block", 50, 139, 100, paint="#17110e", high=26, stretch=1.1),
        words("RUN LOLA RUN", 50, 139, 10, width=88, lean=0.25, narrow=True, paint="#f7d21f"),
        vignette=0.1,
        grain=8,
    ),
    # Whiplash: not quite my tempo
    244786: scene(
        part("ground", paint=out("#c9a24a", "#3a2a12", "#060403", at=(0.5, 0.4), reach=0.6)),
        part("beam", 50, -5, 100, colour="#fff0c0", narrow=10, wide=90, reach=120, alpha=0.3, soft=4),
        part("drum", 50, 112, 66, shell="#8f1a1c"),
        part("cymbal", 20, 72, 46, angle=-14),
        part("cymbal", 82, 66, 50, angle=12),
        *(part("path", points=p, colour="#1a120a", width=0.9) for p in ("20 74, 24 140", "82 68, 76 140")),
        part("path", points="30 40, 46 66, 52 100", colour="#e0b878", width=1.5),
        part("path", points="76 44, 64 70, 54 98", colour="#e0b878", width=1.5),
        *(
            part("disc", x, y, s, paint="#c81f22")
            for x, y, s in ((52, 104, 2.4), (47, 102, 1.2), (58, 105, 1), (60, 100, 0.8))
        ),
        part("sparks", number=60, colour="#ffe9b0", top=50, bottom=110),
        words("WHIPLASH", 50, 138, 11, width=86, narrow=True, paint="#f7ecd0", spacing=0.1),
        words("AGAIN.", 50, 20, 4, spacing=0.6, paint="#f7ecd0"),
        vignette=0.65,
    ),
    # Groundhog Day: 6:00, 6:00, 6:00
    137: scene(
        part("ground", paint=down("#bfe0f2", "#eef7fb")),
        *(
            part("flip_clock", x, y, 25, case="#8f4a2f" if (k + r) % 2 else "#2f3a44")
            for r, y in enumerate((42, 60, 78))
            for k, x in enumerate((18, 50, 82))
        ),
        part("hills", paint=down("#ffffff", "#cfe2ee"), base=104, rough=3),
        part("disc", 50, 136, 44, paint="#5b4634", squash=0.22),
        part("groundhog", 50, 136, 46),
        part("snow", number=140, most=0.7),
        words(
            "GROUNDHOG DAY", 50, 17, 8, width=88, paint="#c8362a", edge=("#ffffff", 0.6), shadow=("#7fa8c0", 0.5, 0.5)
        ),
        words("again", 50, 145, 3.4, style="serif", lean=0.15, paint="#5b4634"),
        vignette=0.05,
    ),
    # Little Miss Sunshine: yellow, and pushing
    773: scene(
        part("ground", paint="#ffd21f"),
        part("disc", 50, 62, 60, paint="#ffe67a"),
        part("block", 50, 130, 100, paint="#f2a81f", high=50, stretch=1.1),
        part("path", points="-4 118, 104 118", colour="#fff3c0", width=0.7),
        part("van", 60, 117, 62, colour="#fff6e0", roof="#f2a81f"),
        *(
            part("figure", x, 118, s, pose=p, colour=c, skin="#f0c49a", legs=g, hair=h, hair_colour=t, head=d, skirt=k)
            for x, s, p, c, g, h, t, d, k in (
                (20, 34, "thrust", "#c8402f", "#3f5f8f", "short", "#3a2418", 1, 0),
                (11, 33, "run", "#5f9a8f", "#5f6a7a", "bob", "#8f4a24", 1, 0),
                (3, 28, "run", "#2a2a2f", "#2a2a2f", "wild", "#17110e", 1, 0),
                (30, 21, "run", "#e84a5a", "#4f7fc0", "tail", "#6b3f20", 1.35, 8),
            )
        ),
        words("little miss\nSUNSHINE", 50, 27, 9, width=84, paint="#c8402f", gap=0.4),
        words("everybody push", 50, 139, 4, bold=False, paint="#7a4a0f"),
        vignette=0.02,
    ),
    # Thelma & Louise: the road ends here
    1541: scene(
        part("ground", paint=down("#2f9fc0", "#8fd8d8", "#ffe0b0")),
        part("sun", 76, 36, 18, paint="#fff6d8"),
        *(
            part("shape", points=p, paint=c)
            for p, c in (
                ("-5 84!, 10 84!, 13 70!, 26 70!, 30 86!, 44 90!, 44 155!, -5 155!", "#d8805a"),
                ("62 92!, 68 76!, 84 74!, 88 88!, 105 88!, 105 155!, 62 155!", "#c96f4a"),
                ("-5 108!, 30 106!, 36 112!, 38 155!, -5 155!", "#a3472a"),
            )
        ),
        part("shape", points="36 112!, 105 128!, 105 155!, 30 155!", paint=down("#8f3a22", "#4a1a10")),
        part("car", 58, 82, 46, angle=-14, colour="#2fb5b5"),
        *(
            part(
                "figure",
                x,
                y,
                24,
                pose="sit",
                colour=c,
                skin="#f0c49a",
                hair="long",
                hair_colour=h,
                wind=-0.9,
                angle=-14,
            )
            for x, y, c, h in ((55, 74, "#f4f0e6", "#c8622a"), (64, 71.6, "#2f3f5f", "#8f4a24"))
        ),
        part("disc", 34, 98, 20, paint="#f2d0a0", alpha=0.6, soft=3, squash=0.6),
        part("disc", 26, 103, 16, paint="#f2d0a0", alpha=0.5, soft=3, squash=0.6),
        words(
            "Thelma & Louise",
            50,
            18,
            8.4,
            width=86,
            style="serif",
            lean=0.14,
            paint="#ffffff",
            edge=("#c8402f", 0.6),
            shadow=("#1f6f8f", 0.6, 0.6),
        ),
        vignette=0.08,
    ),
    # The Truman Show: a door in the sky
    37165: scene(
        part("ground", paint=down("#4fa8ec", "#a9daf7", "#dff2fb")),
        part("clouds", colour="#ffffff", top=14, bottom=96, number=9, shade="#d8eaf4"),
        *(
            part("path", points=p, colour="#7fb8dc", width=0.3)
            for p in ("0 112, 100 112", "33 -2, 33 112", "78 -2, 78 112")
        ),
        part("block", 66, 71, 11, paint="#17202a", high=190),
        part("glow", 66, 71, 14, colour="#4f6a8a", strength=0.3),
        part("stairs", 26, 112, 100, paint="#f4f8fa", shade="#b5c9d6", steps=11, wide=46, high=31),
        part(
            "figure",
            48,
            97,
            22,
            pose="walk",
            colour="#2a3038",
            skin="#f0c8a4",
            hair="short",
            hair_colour="#4a3020",
            legs="#5b6672",
        ),
        part("sea", far="#8fcde0", near="#2f8fb5", top=112, rows=6),
        part("rowing_boat", 20, 120, 26, colour="#f4f4f0"),
        part("path", points="20 117, 20 96", colour="#f4f4f0", width=0.8),
        part("shape", points="21 97!, 34 114, 21 114!", paint="#ffffff"),
        words("THE TRUMAN SHOW", 50, 139, 7, width=88, paint="#ffffff", spacing=0.12, shadow=("#1f5f80", 0.5, 0.5)),
        part("disc", 88, 20, 3, paint="#1f2a34"),
        words("LIVE", 88, 10, 2.2, paint="#e0303a"),
        vignette=0.04,
    ),
}

; Inno Setup: an installer for one user, without administrator rights. NOT RUN YET: written by the
; manual, on a machine without Windows. The workflow `.github/workflows/installers.yml` would run
;     iscc /DVersion=0.1.0 /DEdition=reader resources\packaging\windows\leukogui.iss
#ifndef Edition
  #define Edition "full"
#endif
#define Bundle "..\..\..\dist\leukogui-" + Edition

[Setup]
; The same for both editions, so that one takes the other's place.
AppId={{6D7F0C2E-52E5-4B0B-9A43-2F1D6A3B7C55}
AppName=Leuko
AppVersion={#Version}
AppVerName=Leuko {#Version} ({#Edition} edition)
AppPublisher=The leukogui authors
DefaultDirName={localappdata}\Programs\Leuko
DefaultGroupName=Leuko
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\..\LICENSE
OutputDir=..\..\..\dist
OutputBaseFilename=leukogui-{#Edition}-{#Version}-windows-x64
UninstallDisplayIcon={app}\leukogui.exe
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes
ChangesAssociations=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"

[InstallDelete]
; Files of the version before that the new one does not have. Data of the user are elsewhere.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Bundle}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs

[Icons]
Name: "{group}\Leuko"; Filename: "{app}\leukogui.exe"
Name: "{userdesktop}\Leuko"; Filename: "{app}\leukogui.exe"; Tasks: desktopicon

[Registry]
Root: HKCU; Subkey: "Software\Classes\Directory\shell\Leuko"; ValueType: string; ValueData: "Open with Leuko"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\Directory\shell\Leuko"; ValueType: string; ValueName: "Icon"; ValueData: "{app}\leukogui.exe"
Root: HKCU; Subkey: "Software\Classes\Directory\shell\Leuko\command"; ValueType: string; ValueData: """{app}\leukogui.exe"" ""%1"""

[Run]
Filename: "{app}\leukogui.exe"; Description: "{cm:LaunchProgram,Leuko}"; Flags: nowait postinstall skipifsilent
